#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "usage.h"
#include "works.h"

enum { MAX_SAMPLES = 1 << 20 };

// Measures round trips: sends one message at a time to the broker and receives it again. Other messages that arrive are
// load, and are read.
struct latency {
  struct client client;
  const struct options* options;
  unsigned char* payload;
  double begun, sent;
  float* samples;
  int count;
  long long others;
  unsigned long long sum;
};

static void ping(struct latency* l) {
  l->sent = now_seconds();
  client_publish(&l->client, "bench/echo", l->payload, l->options->size, 0);
}

static void on_message(void* of, const struct mosquitto_message* message) {
  struct latency* l = of;
  const size_t topic = strlen(message->topic);
  l->sum += topic + (size_t)message->payloadlen + *(const unsigned char*)message->payload;
  if (topic != strlen("bench/echo") || strcmp(message->topic, "bench/echo") != 0) {
    l->others++;
    return;
  }
  const double now = now_seconds();
  const struct options* o = l->options;
  if (now - l->begun >= o->warmup || o->count > 0) l->samples[l->count++] = (float)((now - l->sent) * 1e6);
  const bool over = o->count > 0 ? l->count >= o->count : now - l->begun >= o->seconds;
  if (over || l->count == MAX_SAMPLES)
    client_finish(&l->client);
  else
    ping(l);
}

static void start(void* of) {
  struct latency* l = of;
  l->begun = now_seconds();
  ping(l);
}

static int ascending(const void* a, const void* b) {
  const float x = *(const float*)a;
  const float y = *(const float*)b;
  return (x > y) - (x < y);
}

static double quantile(const struct latency* l, double q) { return l->samples[(int)(q * (l->count - 1))]; }

void latency(const struct options* options) {
  struct latency l = {
      .options = options,
      .client = {.on_message = on_message, .of = &l},
      .payload = malloc(options->size),
      .samples = malloc(MAX_SAMPLES * sizeof(float)),
  };
  if (l.payload == NULL || l.samples == NULL) die("memory", MOSQ_ERR_NOMEM);
  memset(l.payload, 'x', options->size);
  client_connect(&l.client, options);
  client_subscribe(&l.client, "bench/load/#", 0);
  l.client.on_subscribe = start;
  client_subscribe(&l.client, "bench/echo", 0);
  client_run(&l.client);
  qsort(l.samples, (size_t)l.count, sizeof(float), ascending);
  printf("{\"messages\":%d,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f,\"others\":%lld,\"sum\":%llu}\n", l.count,
         quantile(&l, 0.5), quantile(&l, 0.99), quantile(&l, 0.999), l.others, l.sum);
  client_end(&l.client);
  free(l.payload);
  free(l.samples);
}
