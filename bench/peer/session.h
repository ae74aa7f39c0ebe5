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
  long long received;      // PUBLISHes, the end marks not counted
  long long sent;          // messages of blasts
  long long acknowledged;  // of those, QoS 1 and 2
  long long errors;        // sessions ended for what the client sent
  long long small;         // PUBLISHes of QoS 0 with little in them
  long long handshakes;    // packets of QoS 1 and 2, in either direction
};

// The broker's side of one MQTT connection; knows no sockets.
struct session {
  const struct options* options;
  struct totals* totals;
  bool connected, v5;
  long long received;
  uint8_t* received_mids;  // QoS 2: one bit for each that was received and not released
  struct buffer replies;
  struct blast* blast;
};

// The bytes that were used up, or -1: the session is over, and *failed says whether that is the client's fault.
long session_receive(struct session* session, const uint8_t* data, size_t length, bool* failed);
// To be called when the blast has moved: says to the client that it is over.
void session_blast_moved(struct session* session);
void session_free(struct session* session);
