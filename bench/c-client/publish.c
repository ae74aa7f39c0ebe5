#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "topics.h"
#include "usage.h"
#include "works.h"

// Measures publishing: publishes as fast as possible with a limited number of unconfirmed messages, then asks the peer
// for the number that arrived.
struct publish {
  struct client client;
  struct window window;
  const struct options* options;
  char** topics;
  unsigned char* payload;
  int outstanding;
  long long messages, received;
  bool ended, end_sent;
};

static void on_message(void* of, const struct mosquitto_message* message) {
  struct publish* p = of;
  p->received = number_in(message);
  window_close(&p->window);
  client_finish(&p->client);
}

static bool over(const struct publish* p) {
  const struct options* o = p->options;
  if (o->count > 0) return p->messages >= o->count;
  return (p->messages & 63) == 0 && p->window.begun > 0 && now_seconds() - p->window.begun >= o->seconds;
}

// Publishes as many messages as may be unconfirmed, and at the end, once all are confirmed, the end mark. Each round is
// bounded: without a thread publish() writes at once, so at QoS 0 no message is unconfirmed, but the socket has to be
// read.
static void fill(struct publish* p) {
  const struct options* o = p->options;
  for (int i = 0; i < o->outstanding && p->outstanding < o->outstanding && !p->ended; i++) {
    if (over(p)) {
      p->ended = true;
      break;
    }
    window_message(&p->window, p->messages);
    const char* topic = p->topics[p->messages % o->topics];
    p->messages++;
    p->outstanding++;
    client_publish(&p->client, topic, p->payload, o->size, o->qos);
  }
  if (p->ended && p->outstanding == 0 && !p->end_sent) {
    p->end_sent = true;
    client_publish(&p->client, "bench/end", NULL, 0, o->qos);
  }
}

// With loop_start() its thread publishes, from within its callbacks: waking another thread would only cost time.
static void on_publish_in_thread(void* of) {
  struct publish* p = of;
  p->outstanding--;
  fill(p);
}

static void on_subscribe_in_thread(void* of) { fill(of); }

static void on_publish_in_loop(void* of) {
  struct publish* p = of;
  p->outstanding--;
}

static bool turn(void* of) {
  struct publish* p = of;
  fill(p);
  return !p->ended && p->outstanding < p->options->outstanding;
}

void publish(const struct options* options) {
  struct publish p = {
      .options = options,
      .client = {.on_message = on_message, .of = &p},
      .window = {.warmup = options->warmup},
      .topics = topic_names("bench/sink/device/", options->topics),
      .payload = malloc(options->size),
  };
  if (p.topics == NULL || p.payload == NULL) die("memory", MOSQ_ERR_NOMEM);
  memset(p.payload, 'x', options->size);
  p.client.on_publish = options->thread ? on_publish_in_thread : on_publish_in_loop;
  p.client.on_subscribe = options->thread ? on_subscribe_in_thread : NULL;
  p.client.turn = options->thread ? NULL : turn;
  client_connect(&p.client, options);
  client_subscribe(&p.client, "bench/done", 0);
  client_run(&p.client);
  printf("{");
  window_print(&p.window, p.messages);
  printf(",\"counted\":%lld,\"expected\":%lld}\n", p.received, p.messages);
  client_end(&p.client);
  free(p.payload);
  topic_names_free(p.topics, options->topics);
}
