#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "usage.h"
#include "works.h"

// Publishes at an even rate until it is killed, so that other clients are measured under load.
void load(const struct options* options) {
  struct client client = {0};
  unsigned char* payload = malloc(options->size);
  if (payload == NULL) die("memory", MOSQ_ERR_NOMEM);
  memset(payload, 'x', options->size);
  client_connect(&client, options);
  const double begun = now_seconds();
  for (long long sent = 0;;) {
    const long long due = (long long)((now_seconds() - begun) * options->rate);
    for (; sent < due; sent++) client_publish(&client, "bench/load/device", payload, options->size, 0);
    while (mosquitto_want_write(client.mosq)) {
      const int rc = mosquitto_loop(client.mosq, 100, 1);
      if (rc != MOSQ_ERR_SUCCESS) die("loop", rc);
    }
    const int rc = mosquitto_loop(client.mosq, 0, 1);
    if (rc != MOSQ_ERR_SUCCESS) die("loop", rc);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
}
