#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "usage.h"
#include "works.h"

// Takes what the peer sends, until it says how much that was.
struct receive {
  struct client client;
  struct window window;
  long long messages, expected;
  unsigned long long sum;
};

static void on_message(void* of, const struct mosquitto_message* message) {
  struct receive* r = of;
  const size_t topic = strlen(message->topic);
  if (topic == strlen("bench/blast/end") && strcmp(message->topic, "bench/blast/end") == 0) {
    char text[24] = {0};
    memcpy(text, message->payload, (size_t)message->payloadlen < sizeof text ? (size_t)message->payloadlen : 0);
    r->expected = atoll(text);
    window_close(&r->window);
    client_finish(&r->client);
    return;
  }
  // Reads what it was given, as every client here does.
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
