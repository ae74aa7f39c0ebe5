// A C program on libmosquitto, measured beside the clients for Node. It is built twice: on the addon's static library,
// and on the system's.
#include <mosquitto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "works.h"

static const struct {
  const char* name;
  void (*run)(const struct options* options);
} works[] = {
    {"receive", receive},         {"publish", publish}, {"exchange", exchange}, {"latency", latency},
    {"connections", connections}, {"startup", startup}, {"load", load},
};

// Every 2.1.x reports 2.1.0 as its version. The version at build time is more precise, where this project built the
// library.
static void print_version(void) {
#ifdef LIBRARY_VERSION
  printf("{\"version\":\"%s\"}\n", LIBRARY_VERSION);
#else
  int major, minor, revision;
  mosquitto_lib_version(&major, &minor, &revision);
  printf("{\"version\":\"%d.%d.%d\"}\n", major, minor, revision);
#endif
}

int main(int argc, char** argv) {
  const struct options options = parse_options(argc, argv);
  // OpenSSL writes to a connection that the other end has closed, which raises SIGPIPE.
  signal(SIGPIPE, SIG_IGN);
  mosquitto_lib_init();
  if (strcmp(options.work, "version") == 0) {
    print_version();
    return 0;
  }
  for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
    if (strcmp(options.work, works[i].name) != 0) continue;
    works[i].run(&options);
    return 0;
  }
  fprintf(stderr, "c client: --work '%s' is unknown\n", options.work);
  return 2;
}
