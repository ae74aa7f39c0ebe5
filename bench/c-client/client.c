#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usage.h"

void die(const char* what, int rc) {
  fprintf(stderr, "c client: %s: %s\n", what, mosquitto_strerror(rc));
  exit(1);
}

long long number_in(const struct mosquitto_message* message) {
  char text[24] = {0};
  const size_t length = (size_t)message->payloadlen;
  memcpy(text, message->payload, length < sizeof text ? length : sizeof text - 1);
  return atoll(text);
}

static void must(int rc, const char* what) {
  if (rc != MOSQ_ERR_SUCCESS) die(what, rc);
}

static void set(struct client* c, atomic_bool* flag) {
  pthread_mutex_lock(&c->mutex);
  atomic_store(flag, true);
  pthread_cond_broadcast(&c->changed);
  pthread_mutex_unlock(&c->mutex);
}

static void connected(struct mosquitto* mosq, void* of, int rc) {
  (void)mosq;
  if (rc != 0) die("CONNACK", MOSQ_ERR_CONN_REFUSED);
  struct client* c = of;
  set(c, &c->connected);
}

static void subscribed(struct mosquitto* mosq, void* of, int mid, int count, const int* granted) {
  (void)mosq, (void)mid, (void)count, (void)granted;
  struct client* c = of;
  // This value is read before the main thread continues, which may change it for its next subscription.
  void (*const then)(void*) = c->on_subscribe;
  set(c, &c->subscribed);
  if (then != NULL) then(c->of);
}

static void message(struct mosquitto* mosq, void* of, const struct mosquitto_message* message) {
  (void)mosq;
  struct client* c = of;
  c->on_message(c->of, message);
}

static void published(struct mosquitto* mosq, void* of, int mid) {
  (void)mosq, (void)mid;
  struct client* c = of;
  c->on_publish(c->of);
}

static void disconnected(struct mosquitto* mosq, void* of, int rc) {
  (void)mosq;
  struct client* c = of;
  if (!atomic_load(&c->finished)) die("the connection broke", rc);
}

static void poll_until(struct client* c, atomic_bool* flag) {
  double tended = now_seconds();
  while (!atomic_load(flag)) {
    const bool busy = c->turn != NULL && c->turn(c->of);
    if (atomic_load(flag)) return;
    const short events = POLLIN | (mosquitto_want_write(c->mosq) ? POLLOUT : 0);
    struct pollfd fd = {.fd = mosquitto_socket(c->mosq), .events = events};
    const int ready = poll(&fd, 1, busy ? 0 : 1000);
    if (ready > 0 && (fd.revents & (POLLIN | POLLHUP | POLLERR))) must(mosquitto_loop_read(c->mosq, 1), "loop_read");
    if (ready > 0 && (fd.revents & POLLOUT)) must(mosquitto_loop_write(c->mosq, 1), "loop_write");
    if (ready == 0 || now_seconds() - tended > 1) {
      must(mosquitto_loop_misc(c->mosq), "loop_misc");
      tended = now_seconds();
    }
  }
}

static void wait_for(struct client* c, atomic_bool* flag) {
  if (!c->options->thread) {
    poll_until(c, flag);
    return;
  }
  pthread_mutex_lock(&c->mutex);
  while (!atomic_load(flag)) pthread_cond_wait(&c->changed, &c->mutex);
  pthread_mutex_unlock(&c->mutex);
}

void client_connect(struct client* c, const struct options* options) {
  c->options = options;
  pthread_mutex_init(&c->mutex, NULL);
  pthread_cond_init(&c->changed, NULL);
  c->mosq = mosquitto_new(NULL, true, c);
  if (c->mosq == NULL) die("mosquitto_new", MOSQ_ERR_NOMEM);
  mosquitto_connect_callback_set(c->mosq, connected);
  mosquitto_disconnect_callback_set(c->mosq, disconnected);
  mosquitto_subscribe_callback_set(c->mosq, subscribed);
  if (c->on_message != NULL) mosquitto_message_callback_set(c->mosq, message);
  if (c->on_publish != NULL) mosquitto_publish_callback_set(c->mosq, published);
  must(mosquitto_int_option(c->mosq, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY");
  must(mosquitto_max_inflight_messages_set(c->mosq, (unsigned)options->outstanding), "max_inflight_messages_set");
  if (options->ca != NULL) must(mosquitto_tls_set(c->mosq, options->ca, NULL, NULL, NULL, NULL), "tls_set");
  must(mosquitto_connect(c->mosq, options->host, options->port, 60), "connect");
  if (options->thread) must(mosquitto_loop_start(c->mosq), "loop_start");
  bool (*const turn)(void*) = c->turn;
  c->turn = NULL;
  wait_for(c, &c->connected);
  c->turn = turn;
}

void client_subscribe(struct client* c, const char* filter, int qos) {
  atomic_store(&c->subscribed, false);
  must(mosquitto_subscribe(c->mosq, NULL, filter, qos), "subscribe");
  bool (*const turn)(void*) = c->turn;
  c->turn = NULL;
  wait_for(c, &c->subscribed);
  c->turn = turn;
}

void client_publish(struct client* c, const char* topic, const void* payload, size_t length, int qos) {
  must(mosquitto_publish(c->mosq, NULL, topic, (int)length, payload, qos, false), "publish");
}

void client_run(struct client* client) { wait_for(client, &client->finished); }

void client_finish(struct client* client) { set(client, &client->finished); }

void client_end(struct client* c) {
  mosquitto_disconnect(c->mosq);
  if (c->options->thread) mosquitto_loop_stop(c->mosq, false);
  mosquitto_destroy(c->mosq);
}
