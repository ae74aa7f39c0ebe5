// A broker for measurements. It sends, receives and acknowledges messages faster than any client, so the figures
// measure only the client. It counts them, so a lost message is noticed. Its command line selects the kind of test:
//
//   a subscriber of bench/blast/#     gets messages, and their number when all are acknowledged
//   a publisher to bench/sink/...     gets acknowledgements, and its messages are counted
//   ... to bench/end                  gets the count on bench/done
//   ... to bench/echo                 gets the payload back, on the same topic
//
// It prints the port that it listens on, and at SIGTERM a report in JSON.
#define _GNU_SOURCE  // accept4
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "connection.h"

enum { EVENTS = 256, BACKLOG = 4096 };

// The peer pauses this long before it reads, so that packets collect as they do in a network card. Without the pause, a
// client that sends each packet by itself wakes this process for each packet, on another processor. Those wake-ups are
// most of the cost then: 7.8 microseconds for each message that the C client publishes at QoS 0, of which 2.3 are its
// own. With acknowledgements the number of unconfirmed messages is the limit, and any client takes longer than this
// pause to reach it.
static const struct timespec gather_small = {.tv_nsec = 100000};
static const struct timespec gather_handshakes = {.tv_nsec = 50000};

struct server {
  struct options options;
  struct totals totals;
  SSL_CTX* context;
  int epoll, listener, signals;
  struct connection* connections;
};

static int check(int result, const char* what) {
  if (result >= 0) return result;
  perror(what);
  exit(1);
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

static int terminations(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  check(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
  return check(signalfd(-1, &set, SFD_CLOEXEC), "signalfd");
}

static int listen_on_loopback(void) {
  const int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  check(bind(fd, (struct sockaddr*)&address, sizeof address), "bind");
  check(listen(fd, BACKLOG), "listen");
  socklen_t length = sizeof address;
  check(getsockname(fd, (struct sockaddr*)&address, &length), "getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void watch(const struct server* server, int fd, uint32_t events, void* of) {
  struct epoll_event event = {.events = events, .data.ptr = of};
  check(epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void end(struct server* server, struct connection* c) {
  if (c->previous != NULL)
    c->previous->next = c->next;
  else
    server->connections = c->next;
  if (c->next != NULL) c->next->previous = c->previous;
  connection_free(c);
}

static void accept_all(struct server* server) {
  for (;;) {
    const int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN) return;
      if (errno == EINTR || errno == ECONNABORTED) continue;
      perror("accept");
      exit(1);
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection* c = calloc(1, sizeof *c);
    if (c == NULL || !transport_open(&c->transport, fd, server->context)) {
      fputs("peer: out of memory\n", stderr);
      exit(1);
    }
    c->session.options = &server->options;
    c->session.totals = &server->totals;
    c->next = server->connections;
    if (c->next != NULL) c->next->previous = c;
    server->connections = c;
    watch(server, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, c);
  }
}

// Moves the connections that have work although epoll reports no new event for them. Returns the time in milliseconds
// until there may be work again; -1 when only epoll can report it.
static int move_unfinished(struct server* server) {
  int wait = -1;
  struct connection* next;
  for (struct connection* c = server->connections; c != NULL; c = next) {
    next = c->next;
    const bool paced = c->session.blast != NULL && blast_paced(c->session.blast);
    if (!c->unfinished && !paced) continue;
    if (!connection_move(c)) {
      end(server, c);
      continue;
    }
    if (c->unfinished)
      wait = 0;
    else if (paced && wait != 0)
      wait = 1;
  }
  return wait;
}

static void serve(struct server* server) {
  struct epoll_event events[EVENTS];
  int wait = -1;
  for (;;) {
    const int count = epoll_wait(server->epoll, events, EVENTS, wait);
    if (count < 0 && errno != EINTR) check(count, "epoll_wait");
    bool look = wait >= 0;
    const struct totals before = server->totals;
    for (int i = 0; i < count; i++) {
      void* of = events[i].data.ptr;
      if (of == &server->signals) return;
      if (of == &server->listener) {
        accept_all(server);
        continue;
      }
      struct connection* c = of;
      if (!connection_move(c))
        end(server, c);
      else if (c->unfinished || (c->session.blast != NULL && blast_paced(c->session.blast)))
        look = true;
    }
    wait = look ? move_unfinished(server) : -1;
    if (wait == 0) continue;
    if (server->totals.handshakes != before.handshakes)
      nanosleep(&gather_handshakes, NULL);
    else if (server->totals.small != before.small)
      nanosleep(&gather_small, NULL);
  }
}

static void report(const struct server* server) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const struct totals* t = &server->totals;
  const double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf(
      "{\"connections\":%lld,\"received\":%lld,\"sent\":%lld,\"acknowledged\":%lld,\"errors\":%lld,"
      "\"cpuSeconds\":%.6f}\n",
      t->connections, t->received, t->sent, t->acknowledged, t->errors, cpu);
}

int main(int argc, char** argv) {
  static struct server server;
  server.options = parse_options(argc, argv);
  raise_descriptor_limit();
  // Otherwise sleeps would be longer by the kernel's timer slack of 50 microseconds.
  check(prctl(PR_SET_TIMERSLACK, 1), "prctl");
  server.context = transport_context(server.options.cert, server.options.key);
  server.epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  server.signals = terminations();
  server.listener = listen_on_loopback();
  watch(&server, server.listener, EPOLLIN, &server.listener);
  watch(&server, server.signals, EPOLLIN, &server.signals);
  serve(&server);
  while (server.connections != NULL) end(&server, server.connections);
  report(&server);
  return 0;
}
