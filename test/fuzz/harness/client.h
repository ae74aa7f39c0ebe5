/* A client of the library, set up and driven as the addon does it. */
#ifndef LIBMOSQUITTO_FUZZ_CLIENT_H
#define LIBMOSQUITTO_FUZZ_CLIENT_H

#include <mosquitto.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine.h"
#include "repairs/repairs.h"
#include "state.h"

struct client {
  struct mosquitto* handle;
  struct handle_state kept;
  uint32_t packet_limit;
  bool authenticating, disconnecting;
  bool leftovers; /* the last read has left some in the buffer */
  unsigned looks; /* whether a read has taken enough */
  uint16_t held_position, held_length;
};

void client_open(struct client* client, bool clean_session, bool logs);
void client_close(struct client* client);

/* Connects to what the network offers. */
int client_connect(struct client* client);

/* Reads all that has arrived, and writes what is due. */
void client_move(struct client* client);

void client_disconnect(struct client* client);

/* Answers an AUTH that waits. */
void client_authenticate(struct client* client, bool consent);

#endif
