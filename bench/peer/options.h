#pragma once

#include <stdbool.h>
#include <stddef.h>

// The peer's options from its command line.
struct options {
  // The messages for a subscriber of bench/blast/#.
  int qos;
  size_t size;       // bytes of a payload
  size_t topics;     // the number of topics, used in turn
  size_t inflight;   // QoS 1 and 2: the largest number of unacknowledged messages
  double seconds;    // the duration, or 0 for the next option
  long long count;   // the number of messages
  double rate;       // messages per second, 0 for as many as the client reads
  const char* cert;  // TLS when given
  const char* key;
};

struct options parse_options(int argc, char** argv);
