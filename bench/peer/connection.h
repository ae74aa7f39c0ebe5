#pragma once

#include "session.h"
#include "transport.h"

// A session on its socket, which epoll watches edge-triggered.
struct connection {
  struct transport transport;
  struct session session;
  struct buffer partial;  // the start of a packet
  struct connection *previous, *next;
  bool unfinished;  // the socket may have more: call connection_move() again at once
};

// Reads and writes up to a limit, so that all connections get their turn. Returns false at the end of the connection.
bool connection_move(struct connection* connection);
void connection_free(struct connection* connection);
