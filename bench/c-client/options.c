#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct option known[] = {
    {"work", required_argument, NULL, 'w'},
    {"host", required_argument, NULL, 'h'},
    {"port", required_argument, NULL, 'p'},
    {"ca", required_argument, NULL, 'a'},
    {"loop", required_argument, NULL, 'l'},
    {"qos", required_argument, NULL, 'q'},
    {"size", required_argument, NULL, 's'},
    {"topics", required_argument, NULL, 't'},
    {"outstanding", required_argument, NULL, 'o'},
    {"warmup", required_argument, NULL, 'u'},
    {"seconds", required_argument, NULL, 'd'},
    {"count", required_argument, NULL, 'n'},
    {"connections", required_argument, NULL, 'c'},
    {"rate", required_argument, NULL, 'r'},
    {NULL, 0, NULL, 0},
};

struct options parse_options(int argc, char** argv) {
  struct options o = {
      .work = "", .host = "127.0.0.1", .port = 1883, .size = 100, .topics = 1, .outstanding = 100, .connections = 1};
  int c;
  while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
    switch (c) {
      case 'w':
        o.work = optarg;
        break;
      case 'h':
        o.host = optarg;
        break;
      case 'p':
        o.port = atoi(optarg);
        break;
      case 'a':
        o.ca = optarg;
        break;
      case 'l':
        o.thread = strcmp(optarg, "thread") == 0;
        break;
      case 'q':
        o.qos = atoi(optarg);
        break;
      case 's':
        o.size = strtoul(optarg, NULL, 10);
        break;
      case 't':
        o.topics = atoi(optarg);
        break;
      case 'o':
        o.outstanding = atoi(optarg);
        break;
      case 'u':
        o.warmup = atof(optarg);
        break;
      case 'd':
        o.seconds = atof(optarg);
        break;
      case 'n':
        o.count = atoll(optarg);
        break;
      case 'c':
        o.connections = atoi(optarg);
        break;
      case 'r':
        o.rate = atof(optarg);
        break;
      default:
        exit(2);
    }
  }
  return o;
}
