/* A client of libmosquitto, which the harness sets up and drives as the addon does. */
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
  unsigned looks; /* calls of addon_read_enough() */
  uint16_t held_position, held_length;
};

void client_open(struct client* client, bool clean_session, bool logs);
void client_close(struct client* client);

/* Connects to the peer that network_offer() has set. */
int client_connect(struct client* client);

/* Reads all bytes that have arrived, and writes the queued packets. */
void client_move(struct client* client);

void client_disconnect(struct client* client);

/* Answers a pending AUTH. */
void client_authenticate(struct client* client, bool consent);

#endif
