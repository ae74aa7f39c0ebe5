#pragma once

#include <stdbool.h>
#include <stddef.h>

// The peer's task, as its command line gives it.
struct options {
  // The messages that a subscriber of bench/blast/# is sent.
  int qos;
  size_t size;       // bytes of a payload
  size_t topics;     // how many topics they take turns on
  size_t inflight;   // QoS 1 and 2: sent and not yet acknowledged
  double seconds;    // how long to send, or 0 for
  long long count;   // this many messages
  double rate;       // messages a second, 0 for as many as the client takes
  const char* cert;  // TLS when given
  const char* key;
};

struct options parse_options(int argc, char** argv);
