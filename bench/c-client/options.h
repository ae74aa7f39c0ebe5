#pragma once

#include <stdbool.h>
#include <stddef.h>

// The measurement to make. The command line is the same as that of the JavaScript clients.
struct options {
  const char* work;
  const char* host;
  int port;
  const char* ca;  // TLS when given
  bool thread;     // mosquitto_loop_start(), else a poll() loop of our own
  int qos;
  size_t size;      // bytes of a payload
  int topics;       // how many topics the published messages take turns on
  int outstanding;  // published and not yet confirmed
  double warmup, seconds;
  long long count;  // this many messages rather than for so many seconds, when not 0
  int connections;
  double rate;  // messages a second
};

struct options parse_options(int argc, char** argv);
