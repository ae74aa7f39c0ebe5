#include "driver/libc_hooks.h"

#include <cerrno>
#include <utility>

#ifdef LIBMOSQUITTO_SYSTEM
#include "driver/system_library.h"
#endif

namespace libmosquitto {
namespace {

thread_local ConnectionScope* current_scope = nullptr;

}  // namespace

ConnectionScope::ConnectionScope(UniqueFd connected) : offered_(std::move(connected)), refuses_(false) {
  current_scope = this;
}

ConnectionScope::ConnectionScope() : refuses_(true) { current_scope = this; }

ConnectionScope::~ConnectionScope() { current_scope = nullptr; }

int ConnectionScope::take_socket() {
  reached_ = true;
  if (!offered_) {
    errno = EAGAIN;
    return -1;
  }
  given_ = offered_.release();
  return given_;
}

namespace {

using GetAddrInfo = int(const char*, const char*, const addrinfo*, addrinfo**);

int hook_getaddrinfo(GetAddrInfo* real, const char* node, const char* service, const addrinfo* hints,
                     addrinfo** result) {
  if (current_scope == nullptr) return real(node, service, hints, result);
  current_scope->mark_reached();
  if (current_scope->refuses()) return EAI_AGAIN;
  // Any address will do: connect() does nothing on a socket that is already connected.
  addrinfo numeric{};
  numeric.ai_family = AF_INET;
  numeric.ai_socktype = SOCK_STREAM;
  numeric.ai_flags = AI_NUMERICHOST;
  return real("127.0.0.1", nullptr, &numeric, result);
}

Socket hook_socket(Socket (*real)(int, int, int), int domain, int type, int protocol) {
  return current_scope == nullptr ? real(domain, type, protocol) : static_cast<Socket>(current_scope->take_socket());
}

using Addressed = int(Socket, const sockaddr*, socklen_t);

// bind() and connect(): both were already done for the given socket.
int hook_addressed(Addressed* real, Socket fd, const sockaddr* address, socklen_t length) {
  if (current_scope != nullptr && current_scope->gave(static_cast<int>(fd))) return 0;
  return real(fd, address, length);
}

// libmosquitto makes a socket pair for each client, to wake its own select() loop, and writes one byte into it for each
// packet. Our driver never reads it. Without it a client saves two descriptors, and a publication one system call.
int hook_socketpair() {
  errno = EOPNOTSUPP;
  return -1;
}

}  // namespace
}  // namespace libmosquitto

using libmosquitto::hook_addressed;
using libmosquitto::hook_getaddrinfo;
using libmosquitto::hook_socket;
using libmosquitto::hook_socketpair;
using libmosquitto::Socket;

#ifndef LIBMOSQUITTO_SYSTEM

// The linker's --wrap=NAME sends the library's calls of NAME to __wrap_NAME, and
// __real_NAME to the C library.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" {
int __real_getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**);
Socket __real_socket(int, int, int);
int __real_bind(Socket, const sockaddr*, socklen_t);
int __real_connect(Socket, const sockaddr*, socklen_t);

int __wrap_getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  return hook_getaddrinfo(__real_getaddrinfo, node, service, hints, result);
}
Socket __wrap_socket(int domain, int type, int protocol) { return hook_socket(__real_socket, domain, type, protocol); }
int __wrap_bind(Socket fd, const sockaddr* address, socklen_t length) {
  return hook_addressed(__real_bind, fd, address, length);
}
int __wrap_connect(Socket fd, const sockaddr* address, socklen_t length) {
  return hook_addressed(__real_connect, fd, address, length);
}
int __wrap_socketpair(int /*domain*/, int /*type*/, int /*protocol*/, int* /*fds*/) { return hook_socketpair(); }
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

#else

using libmosquitto::current_scope;
using libmosquitto::library_function;

// Exported: under RTLD_DEEPBIND the addon comes first in the search order of the libraries that it has loaded, and in
// no other library's. Some C libraries declare these functions noexcept, others do not.
namespace {

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                                                       addrinfo** result) {
  return hook_getaddrinfo(next<int(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo"), node,
                          service, hints, result);
}
__attribute__((visibility("default"))) int socket(int domain, int type,
                                                  int protocol) noexcept(noexcept(::socket(0, 0, 0))) {
  return hook_socket(next<int(int, int, int)>("socket"), domain, type, protocol);
}
__attribute__((visibility("default"))) int bind(int fd, const sockaddr* address,
                                                socklen_t length) noexcept(noexcept(::bind(0, nullptr, 0))) {
  return hook_addressed(next<int(int, const sockaddr*, socklen_t)>("bind"), fd, address, length);
}
__attribute__((visibility("default"))) int connect(int fd, const sockaddr* address, socklen_t length) {
  return hook_addressed(next<int(int, const sockaddr*, socklen_t)>("connect"), fd, address, length);
}
__attribute__((visibility("default"))) int socketpair(int /*domain*/, int /*type*/, int /*protocol*/,
                                                      int* /*fds*/) noexcept(noexcept(::socketpair(0, 0, 0, nullptr))) {
  return hook_socketpair();
}

// OpenSSL's function is called unchanged; the hook only notes the call.
__attribute__((visibility("default"))) int SSL_connect(void* ssl) {
  static auto* const real = library_function<int(void*)>("SSL_connect");
  if (current_scope != nullptr) current_scope->mark_handshake();
  return real == nullptr ? -1 : real(ssl);
}
}

#endif
