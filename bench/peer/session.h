#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blast.h"
#include "buffer.h"
#include "options.h"

// Sums over all sessions, for the report.
struct totals {
  long long connections;   // CONNECTs accepted
  long long received;      // PUBLISH packets, without the end marks
  long long sent;          // messages of blasts
  long long acknowledged;  // those of QoS 1 and 2
  long long errors;        // sessions that ended by a fault of the client
  long long small;         // PUBLISH packets of QoS 0 with a small payload
  long long handshakes;    // packets of QoS 1 and 2, in either direction
};

// The broker's side of one MQTT connection; it uses no sockets.
struct session {
  const struct options* options;
  struct totals* totals;
  bool connected, v5;
  long long received;
  uint8_t* received_mids;  // QoS 2: one bit for each id that was received and not yet released by PUBREL
  struct buffer replies;
  struct blast* blast;
};

// Returns the number of bytes that were used up, or -1 at the end of the session; *failed is true if it ended by the
// client's fault.
long session_receive(struct session* session, const uint8_t* data, size_t length, bool* failed);
// Call it when the blast has advanced: it tells the client when the blast is over.
void session_blast_moved(struct session* session);
void session_free(struct session* session);
