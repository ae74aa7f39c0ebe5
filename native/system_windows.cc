// The functions of system_setup.h for which Windows needs several steps. Compiled on Windows only.
#include "system_setup.h"

#include <array>
#include <cstdio>
#include <utility>

namespace libmosquitto {
namespace {

struct Name {
  int of_sockets;
  int of_c;
};

constexpr std::array<Name, 26> kNames{{
    {WSAEWOULDBLOCK, EAGAIN},
    {WSAEINTR, EINTR},
    {WSAEACCES, EACCES},
    {WSAEFAULT, EFAULT},
    {WSAEINVAL, EINVAL},
    {WSAEMFILE, EMFILE},
    {WSAEINPROGRESS, EINPROGRESS},
    {WSAEALREADY, EALREADY},
    {WSAENOTSOCK, ENOTSOCK},
    {WSAEMSGSIZE, EMSGSIZE},
    {WSAEPROTONOSUPPORT, EPROTONOSUPPORT},
    {WSAEOPNOTSUPP, EOPNOTSUPP},
    {WSAEAFNOSUPPORT, EAFNOSUPPORT},
    {WSAEADDRINUSE, EADDRINUSE},
    {WSAEADDRNOTAVAIL, EADDRNOTAVAIL},
    {WSAENETDOWN, ENETDOWN},
    {WSAENETUNREACH, ENETUNREACH},
    {WSAENETRESET, ENETRESET},
    {WSAECONNABORTED, ECONNABORTED},
    {WSAECONNRESET, ECONNRESET},
    {WSAENOBUFS, ENOBUFS},
    {WSAEISCONN, EISCONN},
    {WSAENOTCONN, ENOTCONN},
    {WSAETIMEDOUT, ETIMEDOUT},
    {WSAECONNREFUSED, ECONNREFUSED},
    {WSAEHOSTUNREACH, EHOSTUNREACH},
}};

int errno_of_file_error() {
  switch (::GetLastError()) {
    case ERROR_ACCESS_DENIED:
      return EACCES;
    case ERROR_DISK_FULL:
      return ENOSPC;
    case ERROR_TOO_MANY_OPEN_FILES:
      return EMFILE;
    default:
      return EIO;
  }
}

// Returns libuv's code for an errno of the C library; 0 when sockets have no such error.
int uv_code(int error) {
  for (const Name& name : kNames) {
    if (name.of_c == error) return uv_translate_sys_error(name.of_sockets);
  }
  return 0;
}

}  // namespace

int portable_errno(int error) {
  for (const Name& name : kNames) {
    if (name.of_sockets == error) return name.of_c;
  }
  return error;
}

std::string errno_text(int error) {
  const int code = uv_code(error);
  return code != 0 ? uv_strerror(code) : std::generic_category().message(error);
}

std::string errno_name(int error) {
  const int code = uv_code(error);
  return code != 0 ? uv_err_name(code) : std::to_string(error);
}

UniqueFd open_stream_socket(int family) {
  const SOCKET socket =
      ::WSASocketW(family, SOCK_STREAM, 0, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (socket == INVALID_SOCKET) {
    errno = socket_error();
    return {};
  }
  UniqueFd fd(static_cast<int>(socket));
  unsigned long on = 1;
  if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &on) != 0) {
    errno = socket_error();
    fd.reset();
  }
  return fd;
}

bool is_readable_file(const char* path) {
  std::array<char, 4096> expanded{};
  const DWORD length = ::ExpandEnvironmentStringsA(path, expanded.data(), static_cast<DWORD>(expanded.size()));
  if (length == 0 || length > expanded.size()) return false;
  std::FILE* const file = std::fopen(expanded.data(), "rt");
  return file != nullptr && std::fclose(file) == 0;
}

bool is_readable_folder(const char* path) {
  const DWORD attributes = ::GetFileAttributesA(path);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

PrivateFile& PrivateFile::operator=(PrivateFile&& other) noexcept {
  if (this != &other) {
    reset();
    handle_ = std::exchange(other.handle_, INVALID_HANDLE_VALUE);
    path_ = std::move(other.path_);
  }
  return *this;
}

void PrivateFile::reset() {
  if (handle_ == INVALID_HANDLE_VALUE) return;
  ::CloseHandle(std::exchange(handle_, INVALID_HANDLE_VALUE));
  ::DeleteFileA(path_.c_str());
}

// The folder belongs to this user alone. The C library opens the file by its path for OpenSSL, and gives others no
// right to delete what it reads. The file therefore cannot be one that Windows itself deletes when the process ends.
PrivateFile open_private_file() {
  std::array<char, MAX_PATH + 1> folder{};
  std::array<char, MAX_PATH + 1> path{};
  if (::GetTempPathA(static_cast<DWORD>(folder.size()), folder.data()) == 0 ||
      ::GetTempFileNameA(folder.data(), "mqt", 0, path.data()) == 0) {
    errno = errno_of_file_error();
    return {};
  }
  // Windows then leaves the file in memory, as long as there is enough.
  constexpr DWORD kAttributes = FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
  const HANDLE handle =
      ::CreateFileA(path.data(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS, kAttributes, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    errno = errno_of_file_error();
    ::DeleteFileA(path.data());
    return {};
  }
  return {handle, path.data()};
}

int write_to(const PrivateFile& file, const char* bytes, size_t length) {
  DWORD written = 0;
  if (::WriteFile(file.handle(), bytes, static_cast<DWORD>(length), &written, nullptr) == 0) {
    errno = errno_of_file_error();
    return -1;
  }
  return static_cast<int>(written);
}

}  // namespace libmosquitto
