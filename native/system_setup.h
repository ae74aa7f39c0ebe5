// The differences between operating systems: sockets, files without a name, threads. Linux does in one step what other
// POSIX systems do in several, and Windows has other names. No other file in native/ asks for the system.
// LIBMOSQUITTO_POSIX_ONLY selects the portable code on Linux too, for tests.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <uv.h>

#ifdef _WIN32
#include <afunix.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <csignal>
#endif

#include "driver/unique_fd.h"
#include "unique_owner.h"

#if defined(__linux__) && !defined(LIBMOSQUITTO_POSIX_ONLY)
#define LIBMOSQUITTO_LINUX
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#endif

namespace libmosquitto {

#ifdef _WIN32

// A socket's number fits into an int and is never negative: mosquitto_socket() relies on it too.
using Socket = SOCKET;
inline int close_socket(int fd) { return ::closesocket(static_cast<SOCKET>(fd)); }
using UniqueFd = UniqueDescriptor<close_socket>;

// Returns WSAECONNREFUSED and the like under C's names; libmosquitto leaves either in errno.
int portable_errno(int error);
// Returns an error in words. The C library has none for its ECONNREFUSED.
std::string errno_text(int error);
std::string errno_name(int error);

inline int socket_error() { return portable_errno(::WSAGetLastError()); }
inline bool connects_later(int error) { return error == EAGAIN; }
inline constexpr int kShutBoth = SD_BOTH;
inline constexpr int kDontWait = 0;  // the sockets are non-blocking
inline constexpr short kPollEnd = 0;

inline int poll_socket(pollfd& watched, int timeout_ms) { return ::WSAPoll(&watched, 1, timeout_ms); }
inline int watch_socket(uv_loop_t* loop, uv_poll_t* poll, int fd) {
  return uv_poll_init_socket(loop, poll, static_cast<SOCKET>(fd));
}
UniqueFd open_stream_socket(int family);

// A file with a name, since Windows has none without. Other programs of this user can see it. It is removed with its
// owner.
class PrivateFile {
 public:
  PrivateFile() = default;
  PrivateFile(HANDLE handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  PrivateFile(PrivateFile&& other) noexcept
      : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)), path_(std::move(other.path_)) {}
  PrivateFile& operator=(PrivateFile&& other) noexcept;
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile() { reset(); }

  explicit operator bool() const { return handle_ != INVALID_HANDLE_VALUE; }
  [[nodiscard]] HANDLE handle() const { return handle_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  void reset();

 private:
  HANDLE handle_ = INVALID_HANDLE_VALUE;
  std::string path_;
};
// Opens the path as libmosquitto does.
bool is_readable_file(const char* path);
bool is_readable_folder(const char* path);
inline constexpr char kListSeparator = ';';  // between the folders of a list
PrivateFile open_private_file();
inline const std::string& path_of(const PrivateFile& file) { return file.path(); }
int write_to(const PrivateFile& file, const char* bytes, size_t length);
inline void rewind(const PrivateFile& /*file*/) {}

inline void prepare_thread(const char* /*name*/) {}

#else

using Socket = int;
using UniqueFd = UniqueDescriptor< ::close>;

inline int portable_errno(int error) { return error; }
inline std::string errno_text(int error) { return std::generic_category().message(error); }
inline std::string errno_name(int error) { return uv_err_name(uv_translate_sys_error(error)); }

inline int socket_error() { return errno; }
inline bool connects_later(int error) { return error == EINPROGRESS || error == EINTR; }
inline constexpr int kShutBoth = SHUT_RDWR;
inline constexpr int kDontWait = MSG_DONTWAIT;

// Opens the path as libmosquitto does, which would print a line about a folder.
inline bool is_readable_file(const char* path) {
  struct stat status{};
  return ::stat(path, &status) == 0 && S_ISREG(status.st_mode) && UniqueFd(::open(path, O_RDONLY | O_CLOEXEC));
}

// Returns true when files in the folder can be opened by their names, as OpenSSL opens CA certificates.
inline bool is_readable_folder(const char* path) {
  struct stat status{};
  return ::stat(path, &status) == 0 && S_ISDIR(status.st_mode) && ::access(path, X_OK) == 0;
}
inline constexpr char kListSeparator = ':';  // between the folders of a list

inline int poll_socket(pollfd& watched, int timeout_ms) { return ::poll(&watched, 1, timeout_ms); }
inline int watch_socket(uv_loop_t* loop, uv_poll_t* poll, int fd) { return uv_poll_init(loop, poll, fd); }

using PrivateFile = UniqueFd;
inline ssize_t write_to(const PrivateFile& file, const char* bytes, size_t length) {
  return ::write(file.get(), bytes, length);
}
inline void rewind(const PrivateFile& file) { ::lseek(file.get(), 0, SEEK_SET); }

#endif

#ifdef LIBMOSQUITTO_LINUX

// Returns a stream socket, non-blocking and close-on-exec. On failure it is empty, and errno tells why.
inline UniqueFd open_stream_socket(int family) {
  return UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// Returns an empty file without a name. Its path_of() is valid in this process as long as the descriptor is open.
inline PrivateFile open_private_file() { return UniqueFd(memfd_create("libmosquitto", MFD_CLOEXEC)); }
inline std::string path_of(const PrivateFile& file) { return "/proc/self/fd/" + std::to_string(file.get()); }

// The event by which poll() reports that the end of a stream has arrived, even behind unread input.
inline constexpr short kPollEnd = POLLRDHUP;

inline void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

// Returns false for a program whose file gives it more rights than those of the user who set its environment.
inline bool trusts_environment() { return getauxval(AT_SECURE) == 0; }

// Returns the bytes that were written to a socket and not acknowledged by its peer; 0 where the system does not tell.
inline int unacknowledged_bytes(int fd) {
  int bytes = 0;
  return ::ioctl(fd, TIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

#elif !defined(_WIN32)

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

// The file may be on a disk. It is removed from its folder before anything is written, and is gone when the process
// ends, however it ends.
inline PrivateFile open_private_file() {
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
inline std::string path_of(const PrivateFile& file) { return "/dev/fd/" + std::to_string(file.get()); }

inline constexpr short kPollEnd = POLLHUP;

inline void name_this_thread([[maybe_unused]] const char* name) {
#ifdef __APPLE__
  pthread_setname_np(name);
#endif
}

inline bool trusts_environment() { return ::geteuid() == ::getuid() && ::getegid() == ::getgid(); }

#else

inline bool trusts_environment() { return true; }

#endif

#ifndef _WIN32
// Blocks signals on a thread of the addon: they are for Node's threads.
inline void prepare_thread(const char* name) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  name_this_thread(name);
}
#endif

// `error`: errno after a call of libmosquitto, or of a socket function.
inline bool would_block(int error) {
  const int same = portable_errno(error);
  return same == EAGAIN || same == EWOULDBLOCK;
}

#ifdef SO_NWRITE
inline int unacknowledged_bytes(int fd) {
  int bytes = 0;
  socklen_t length = sizeof bytes;
  return getsockopt(fd, SOL_SOCKET, SO_NWRITE, &bytes, &length) == 0 ? bytes : 0;
}
#elif !defined(LIBMOSQUITTO_LINUX)
inline int unacknowledged_bytes(int /*fd*/) { return 0; }
#endif

// Returns the error with which a socket's attempt to connect ended; 0 for none.
inline int pending_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &length) != 0) return socket_error();
  return portable_errno(error);
}

// Polls a socket. Returns which of `events` it is ready for within the time; 0 for none, negative for an error.
inline int wait_ready(int fd, short events, int timeout_ms) {
  pollfd watched{};
  watched.fd = static_cast<Socket>(fd);
  watched.events = events;
  const int ready = poll_socket(watched, timeout_ms);
  return ready <= 0 ? ready : watched.revents;
}

// Returns true when the socket has input, or its end.
inline bool has_input(int fd) { return wait_ready(fd, POLLIN, 0) > 0; }

// Calls recv() without blocking.
inline long receive(int fd, void* bytes, size_t length) {
  return static_cast<long>(
      ::recv(static_cast<Socket>(fd), static_cast<char*>(bytes), static_cast<int>(length), kDontWait));
}

// Calls recv() without blocking, and leaves the input in the socket.
inline long peek(int fd, void* bytes, size_t length) {
  return static_cast<long>(
      ::recv(static_cast<Socket>(fd), static_cast<char*>(bytes), static_cast<int>(length), MSG_PEEK | kDontWait));
}

static_assert(kIsUniqueOwner<UniqueFd>);
static_assert(kIsUniqueOwner<PrivateFile>);

}  // namespace libmosquitto
