#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TOPICS = 100000, MAX_INFLIGHT = 30000, MAX_SIZE = 1 << 20, MAX_RUN = 1 << 26 };

static const struct option known[] = {
    {"qos", required_argument, NULL, 'q'},     {"size", required_argument, NULL, 's'},
    {"topics", required_argument, NULL, 't'},  {"inflight", required_argument, NULL, 'i'},
    {"seconds", required_argument, NULL, 'd'}, {"count", required_argument, NULL, 'n'},
    {"rate", required_argument, NULL, 'r'},    {"cert", required_argument, NULL, 'c'},
    {"key", required_argument, NULL, 'k'},     {NULL, 0, NULL, 0},
};

static void fail(const char* why) {
  fprintf(stderr, "peer: %s\n", why);
  exit(2);
}

struct options parse_options(int argc, char** argv) {
  struct options o = {.size = 100, .topics = 1, .inflight = 100, .count = 1000};
  int c;
  while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
    switch (c) {
      case 'q':
        o.qos = atoi(optarg);
        break;
      case 's':
        o.size = strtoul(optarg, NULL, 10);
        break;
      case 't':
        o.topics = strtoul(optarg, NULL, 10);
        break;
      case 'i':
        o.inflight = strtoul(optarg, NULL, 10);
        break;
      case 'd':
        o.seconds = atof(optarg);
        break;
      case 'n':
        o.count = atoll(optarg);
        break;
      case 'r':
        o.rate = atof(optarg);
        break;
      case 'c':
        o.cert = optarg;
        break;
      case 'k':
        o.key = optarg;
        break;
      default:
        exit(2);
    }
  }
  if (o.qos < 0 || o.qos > 2) fail("--qos is 0, 1 or 2");
  if (o.size > MAX_SIZE) fail("--size is too large");
  if (o.topics < 1 || o.topics > MAX_TOPICS) fail("--topics is out of range");
  if (o.inflight < 1 || o.inflight > MAX_INFLIGHT) fail("--inflight is out of range");
  if (o.topics * o.size > MAX_RUN) fail("--topics times --size is more than 64 MiB");
  if ((o.cert == NULL) != (o.key == NULL)) fail("--cert and --key go together");
  return o;
}
