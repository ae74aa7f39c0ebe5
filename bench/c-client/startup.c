#include <stdio.h>

#include "client.h"
#include "usage.h"
#include "works.h"

// Measures the time from the first line of the program until the broker has accepted the connection.
void startup(const struct options* options) {
  const double begun = now_seconds();
  struct client client = {0};
  client_connect(&client, options);
  printf("{\"milliseconds\":%.3f}\n", (now_seconds() - begun) * 1e3);
  client_finish(&client);
  client_end(&client);
}
