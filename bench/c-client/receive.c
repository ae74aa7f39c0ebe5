#include <stdio.h>
#include <string.h>

#include "client.h"
#include "usage.h"
#include "works.h"

// Measures receiving: receives the peer's messages, until the peer reports their number.
struct receive {
  struct client client;
  struct window window;
  long long messages, expected;
  unsigned long long sum;
};

// The last message: its payload is the number of messages before it.
static const char blast_end[] = "bench/blast/device/ended";

static void on_message(void* of, const struct mosquitto_message* message) {
  struct receive* r = of;
  const size_t topic = strlen(message->topic);
  if (topic == strlen(blast_end) && strcmp(message->topic, blast_end) == 0) {
    r->expected = number_in(message);
    window_close(&r->window);
    client_finish(&r->client);
    return;
  }
  // Reads topic and payload, as every client of the benchmark does.
  r->sum += topic + (size_t)message->payloadlen + *(const unsigned char*)message->payload;
  window_message(&r->window, r->messages++);
}

void receive(const struct options* options) {
  struct receive r = {.client = {.on_message = on_message, .of = &r}, .window = {.warmup = options->warmup}};
  client_connect(&r.client, options);
  client_subscribe(&r.client, "bench/blast/#", options->qos);
  client_run(&r.client);
  printf("{");
  window_print(&r.window, r.messages);
  printf(",\"counted\":%lld,\"expected\":%lld,\"sum\":%llu}\n", r.messages, r.expected, r.sum);
  client_end(&r.client);
}
