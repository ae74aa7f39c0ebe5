#pragma once

#include <mosquitto.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "options.h"

// One libmosquitto client, driven by libmosquitto's thread or by a poll() loop.
struct client {
  const struct options* options;
  struct mosquitto* mosq;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  atomic_bool connected, subscribed, finished;
  void (*on_message)(void* of, const struct mosquitto_message* message);
  void (*on_publish)(void* of);
  void (*on_subscribe)(void* of);
  bool (*turn)(void* of);  // poll loop: called before each poll(); true when there is more work
  void* of;
};

// Set the callbacks before these calls. Both end the process when they fail.
void client_connect(struct client* client, const struct options* options);
void client_subscribe(struct client* client, const char* filter, int qos);
void client_publish(struct client* client, const char* topic, const void* payload, size_t length, int qos);
// Runs until client_finish(), which may be called from a callback.
void client_run(struct client* client);
void client_finish(struct client* client);
void client_end(struct client* client);
// Returns the number in a payload that is decimal text.
long long number_in(const struct mosquitto_message* message);
void die(const char* what, int rc);
