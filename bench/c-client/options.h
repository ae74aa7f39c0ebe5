#pragma once

#include <stdbool.h>
#include <stddef.h>

// The measurement to make. The command line is the same as that of the JavaScript clients.
struct options {
  const char* work;
  const char* host;
  int port;
  const char* ca;  // TLS when given
  bool thread;     // mosquitto_loop_start(), otherwise a poll() loop of our own
  int qos;
  size_t size;      // bytes of a payload
  int topics;       // the number of topics that the published messages take in turn
  int outstanding;  // the largest number of unconfirmed messages
  double warmup, seconds;
  long long count;  // the number of messages, instead of a duration, when not 0
  int connections;
  double rate;  // messages per second
};

struct options parse_options(int argc, char** argv);
