#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "topics.h"
#include "usage.h"
#include "works.h"

// Measures end to end: publishes through a broker to its own subscription, with a limited number of unconfirmed
// messages.
struct exchange {
  struct client client;
  struct window window;
  const struct options* options;
  char** topics;
  unsigned char* payload;
  int outstanding;
  long long published, received;
  unsigned long long sum;
  bool ended;
};

static void fill(struct exchange* e) {
  const struct options* o = e->options;
  while (!e->ended && e->outstanding < o->outstanding) {
    const bool over =
        o->count > 0 ? e->published >= o->count : e->window.begun > 0 && now_seconds() - e->window.begun >= o->seconds;
    if (over) {
      e->ended = true;
      break;
    }
    const char* topic = e->topics[e->published % o->topics];
    e->published++;
    e->outstanding++;
    client_publish(&e->client, topic, e->payload, o->size, o->qos);
  }
}

static void on_message(void* of, const struct mosquitto_message* message) {
  struct exchange* e = of;
  e->sum += strlen(message->topic) + (size_t)message->payloadlen + *(const unsigned char*)message->payload;
  window_message(&e->window, e->received++);
  e->outstanding--;
  fill(e);
  if (e->ended && e->received == e->published) {
    window_close(&e->window);
    client_finish(&e->client);
  }
}

static void start(void* of) { fill(of); }

void exchange(const struct options* options) {
  struct exchange e = {
      .options = options,
      .client = {.on_message = on_message, .on_subscribe = start, .of = &e},
      .window = {.warmup = options->warmup},
      .topics = topic_names("bench/exchange/device/", options->topics),
      .payload = malloc(options->size),
  };
  if (e.topics == NULL || e.payload == NULL) die("memory", MOSQ_ERR_NOMEM);
  memset(e.payload, 'x', options->size);
  client_connect(&e.client, options);
  client_subscribe(&e.client, "bench/exchange/#", options->qos);
  client_run(&e.client);
  printf("{");
  window_print(&e.window, e.received);
  printf(",\"counted\":%lld,\"expected\":%lld,\"sum\":%llu}\n", e.received, e.published, e.sum);
  client_end(&e.client);
  free(e.payload);
  topic_names_free(e.topics, options->topics);
}
