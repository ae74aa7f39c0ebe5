/* Replaces functions of the C library and of OpenSSL by the linker's --wrap (scripts/fuzz/build.mjs). The client then
 * reads its peer's bytes from memory. */
#include "network.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
  const uint8_t* bytes;
  size_t length, at, arrived, room, reads;
  int fd;
  bool offered, ended;
} network = {.fd = -1};

void network_refuse(void) { network.offered = false; }

void network_offer(const uint8_t* bytes, size_t length) {
  network.bytes = bytes;
  network.length = length;
  network.at = network.arrived = network.reads = 0;
  network.room = SIZE_MAX;
  network.offered = true;
  network.ended = false;
}

void network_arrive(size_t count) {
  const size_t left = network.length - network.arrived;
  network.arrived += count < left ? count : left;
  network.reads = 0;
}

size_t network_left(void) { return network.length - network.arrived; }

void network_end(void) {
  network.ended = true;
  network.reads = 0;
}

void network_room(size_t bytes) { network.room = bytes; }

size_t network_reads(void) { return network.reads; }

int __real_getaddrinfo(const char* node, const char* service, const struct addrinfo* hints, struct addrinfo** result);
int __real_socket(int domain, int type, int protocol);
ssize_t __real_read(int fd, void* buffer, size_t count);
ssize_t __real_recv(int fd, void* buffer, size_t count, int flags);
ssize_t __real_send(int fd, const void* bytes, size_t count, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr* message, int flags);

int __wrap_getaddrinfo(const char* node, const char* service, const struct addrinfo* hints, struct addrinfo** result) {
  (void)node, (void)service, (void)hints;
  if (!network.offered) return EAI_AGAIN;
  const struct addrinfo numeric = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
  return __real_getaddrinfo("127.0.0.1", NULL, &numeric, result);
}

int __wrap_socket(int domain, int type, int protocol) {
  (void)domain, (void)type, (void)protocol;
  if (!network.offered) {
    errno = EAGAIN;
    return -1;
  }
  network.offered = false;
  network.fd = __real_socket(AF_UNIX, SOCK_STREAM, 0);
  return network.fd;
}

int __wrap_connect(int fd, const struct sockaddr* address, socklen_t length) {
  (void)fd, (void)address, (void)length;
  return 0;
}

int __wrap_bind(int fd, const struct sockaddr* address, socklen_t length) {
  (void)fd, (void)address, (void)length;
  return 0;
}

int __wrap_socketpair(int domain, int type, int protocol, int* fds) {
  (void)domain, (void)type, (void)protocol, (void)fds;
  errno = EOPNOTSUPP;
  return -1;
}

static ssize_t give(void* buffer, size_t count, bool peek) {
  network.reads++;
  const size_t there = network.arrived - network.at;
  if (there == 0 && count > 0) {
    if (network.ended) return 0;
    errno = EAGAIN;
    return -1;
  }
  const size_t length = count < there ? count : there;
  memcpy(buffer, network.bytes + network.at, length);
  if (!peek) network.at += length;
  return (ssize_t)length;
}

ssize_t __wrap_read(int fd, void* buffer, size_t count) {
  return fd == network.fd ? give(buffer, count, false) : __real_read(fd, buffer, count);
}

ssize_t __wrap_recv(int fd, void* buffer, size_t count, int flags) {
  return fd == network.fd ? give(buffer, count, (flags & MSG_PEEK) != 0) : __real_recv(fd, buffer, count, flags);
}

/* Reads every byte that the library sends, so that AddressSanitizer detects a byte outside of its memory. A byte that
 * was never written is read too, but not detected. */
static ssize_t take(const void* bytes, size_t count) {
  static volatile uint8_t sum;
  const uint8_t* const from = bytes;
  const size_t taken = count < network.room ? count : network.room;
  for (size_t i = 0; i < taken; i++) sum ^= from[i];
  if (network.room != SIZE_MAX) network.room -= taken;
  if (taken == 0 && count > 0) {
    errno = EAGAIN;
    return -1;
  }
  return (ssize_t)taken;
}

ssize_t __wrap_send(int fd, const void* bytes, size_t count, int flags) {
  return fd == network.fd ? take(bytes, count) : __real_send(fd, bytes, count, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr* message, int flags) {
  if (fd != network.fd) return __real_sendmsg(fd, message, flags);
  ssize_t sent = 0;
  for (size_t i = 0; i < message->msg_iovlen; i++) {
    const ssize_t part = take(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
    if (part < 0) return sent > 0 ? sent : -1;
    sent += part;
    if ((size_t)part < message->msg_iov[i].iov_len) break;
  }
  return sent;
}

/* Returns the same bytes each time, because the answer of a WebSocket server depends on them. */
int __wrap_RAND_bytes(unsigned char* bytes, int count) {
  memset(bytes, 0, (size_t)count);
  return 1;
}
