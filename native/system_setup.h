// Where operating systems differ: what Linux does in one step, POSIX does in several, or not at all. Nothing else in
// native/ asks for the system. LIBMOSQUITTO_POSIX_ONLY takes the portable ways on Linux too, so that they are tested.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <uv.h>

#include "driver/unique_fd.h"

#if defined(__linux__) && !defined(LIBMOSQUITTO_POSIX_ONLY)
#define LIBMOSQUITTO_LINUX
#include <sys/mman.h>
#endif

namespace libmosquitto {

#ifdef LIBMOSQUITTO_LINUX

// A stream socket, non-blocking and close-on-exec. False, and errno tells why, when there is none to be had.
inline UniqueFd open_stream_socket(int family) {
  return UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// An empty file without a name; path_of() opens it, in this process, as long as the descriptor is open.
inline UniqueFd open_nameless_file() { return UniqueFd(memfd_create("libmosquitto", MFD_CLOEXEC)); }
inline std::string path_of(const UniqueFd& file) { return "/proc/self/fd/" + std::to_string(file.get()); }

// What poll() says of a stream whose end has arrived, whatever stands before it.
inline constexpr short kPollEnd = POLLRDHUP;

inline void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

#else

inline bool closes_on_exec(const UniqueFd& fd) { return ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) == 0; }

inline UniqueFd open_stream_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_STREAM, 0));
  if (!fd) return fd;
#ifdef SO_NOSIGPIPE
  // Instead of MSG_NOSIGNAL.
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  if (!closes_on_exec(fd) || ::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) fd.reset();
  return fd;
}

// On a disk, perhaps, but gone from its folder before anything is written, and gone when the process ends, however.
inline UniqueFd open_nameless_file() {
  std::string name(4096, '\0');
  size_t size = name.size();
  if (const int code = uv_os_tmpdir(name.data(), &size); code != 0) {
    errno = -code;
    return {};
  }
  name.resize(size);
  name += "/libmosquitto-XXXXXX";
  UniqueFd fd(::mkstemp(name.data()));  // for this user alone
  if (!fd) return {};
  ::unlink(name.c_str());
  if (!closes_on_exec(fd)) fd.reset();
  return fd;
}
inline std::string path_of(const UniqueFd& file) { return "/dev/fd/" + std::to_string(file.get()); }

inline constexpr short kPollEnd = POLLHUP;

inline void name_this_thread([[maybe_unused]] const char* name) {
#ifdef __APPLE__
  pthread_setname_np(name);
#endif
}

#endif

}  // namespace libmosquitto
