#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "client.h"
#include "usage.h"
#include "works.h"

enum { EVENTS = 256 };

static int connected;

static void on_connect(struct mosquitto* mosq, void* of, int rc) {
  (void)mosq, (void)of;
  if (rc != 0) die("CONNACK", MOSQ_ERR_CONN_REFUSED);
  connected++;
}

static void watch(int epoll, struct mosquitto* mosq, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (mosquitto_want_write(mosq) ? EPOLLOUT : 0), .data.ptr = mosq};
  if (epoll_ctl(epoll, operation, mosquitto_socket(mosq), &event) != 0) die("epoll_ctl", MOSQ_ERR_ERRNO);
}

static void open_one(int epoll, const struct options* o) {
  struct mosquitto* mosq = mosquitto_new(NULL, true, NULL);
  if (mosq == NULL) die("mosquitto_new", MOSQ_ERR_NOMEM);
  mosquitto_connect_callback_set(mosq, on_connect);
  const int rc = mosquitto_connect(mosq, o->host, o->port, 60);
  if (rc != MOSQ_ERR_SUCCESS) die("connect", rc);
  watch(epoll, mosq, EPOLL_CTL_ADD);
}

// Measures connections: many clients on one epoll instance. select(), which libmosquitto's own loop uses, supports only
// about a thousand descriptors.
void connections(const struct options* options) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  const int epoll = epoll_create1(0);
  const long before = resident_bytes();
  const double begun = now_seconds();
  const double begun_cpu = cpu_seconds();
  int opened = 0;
  while (connected < options->connections) {
    while (opened < options->connections && opened - connected < options->outstanding) {
      open_one(epoll, options);
      opened++;
    }
    struct epoll_event events[EVENTS];
    const int count = epoll_wait(epoll, events, EVENTS, 1000);
    for (int i = 0; i < count; i++) {
      struct mosquitto* mosq = events[i].data.ptr;
      int rc = MOSQ_ERR_SUCCESS;
      if (events[i].events & EPOLLIN) rc = mosquitto_loop_read(mosq, 1);
      if (rc == MOSQ_ERR_SUCCESS && (events[i].events & EPOLLOUT)) rc = mosquitto_loop_write(mosq, 1);
      if (rc != MOSQ_ERR_SUCCESS) die("loop", rc);
      watch(epoll, mosq, EPOLL_CTL_MOD);
    }
  }
  const double seconds = now_seconds() - begun;
  printf("{\"connections\":%d,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"bytesEach\":%.0f}\n", connected, seconds,
         cpu_seconds() - begun_cpu, (double)(resident_bytes() - before) / connected);
}
