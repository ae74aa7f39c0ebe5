#include "client/client.h"

#include <array>
#include <cerrno>

#include "system_setup.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include <sys/ioctl.h>
#endif

namespace libmosquitto {
namespace {

// The proxy's first reply: version and method.
constexpr int kReplyLength = 2;
constexpr uint8_t kAsksForPassword = 2;
// Reads in a row that took no byte, before the library counts as stuck.
constexpr int kUnmovedReads = 32;

void wake_at(int fd, int bytes) {
  setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

bool has_ended(int fd) { return wait_ready(fd, kPollEnd, 0) > 0; }

}  // namespace

int Client::socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                       const OptionalSecretText& password) {
  // A proxy that asks for a password gets an empty one: the library follows the pointer.
  const char* const given = username && password.c_str() == nullptr ? "" : password.c_str();
  const std::lock_guard lock(mutex_);
  const int rc = checked(set_proxy(handle_, host.c_str(), port, c_string(username), given));
  // Connections go to the proxy from now on; libmosquitto tells it the broker's address.
  if (rc == MOSQ_ERR_SUCCESS) {
    Proxy& proxy = proxy_.use();
    proxy.address = DialTarget{host, port, {}};
    proxy.has_password = username.has_value();
  }
  return rc;
}

// A connection to a proxy that the library must not read before we have looked.
void Client::await_proxy(int fd) {
  Proxy* const proxy = proxy_.used();
  if (proxy == nullptr) return;
  proxy->unmoved_reads = 0;
  proxy->unheard = !kMendsSocks && has_proxy() && !proxy->has_password;
  if (proxy->unheard) wake_at(fd, kReplyLength);
}

// 1: the library may read. 0: not yet. -1: the proxy asked for what it was not offered, and was left.
int Client::hear_proxy() {
  Proxy* const proxy = proxy_.used();
  if (proxy == nullptr || !proxy->unheard) return 1;
  const int fd = mosquitto_socket(handle_);
  std::array<uint8_t, kReplyLength> reply{};
  const long length = peek(fd, reply.data(), reply.size());
  if (length >= 0 && length < kReplyLength && !has_ended(fd)) {
    errno = EAGAIN;
    return 0;
  }
  if (length < 0) return would_block(socket_error()) ? 0 : 1;
  proxy->unheard = false;
  wake_at(fd, 1);
  if (length < kReplyLength || reply.back() != kAsksForPassword) return 1;
  abandon(MOSQ_ERR_AUTH);
  return -1;
}

// The system's library waits for no more bytes of a reply whose domain is empty, and never reads the rest: the socket
// would be readable for ever. Returns how many bytes wait while a proxy may be answering.
int Client::unread_of_proxy() const {
#ifdef LIBMOSQUITTO_SYSTEM
  int count = 0;
  const bool proxied = !accepted_ && has_proxy();
  if (proxied && ioctl(mosquitto_socket(handle_), FIONREAD, &count) == 0) return count;
#endif
  return 0;
}

// One read may leave as many bytes as it found although it took some: as many arrived meanwhile. Many reads in a row do
// not.
void Client::leave_stuck_proxy(int unread) {
  Proxy* const proxy = proxy_.used();
  if (proxy == nullptr) return;
  const bool unmoved = unread > 0 && mosquitto_socket(handle_) >= 0 && unread_of_proxy() == unread;
  proxy->unmoved_reads = unmoved ? proxy->unmoved_reads + 1 : 0;
  if (proxy->unmoved_reads == kUnmovedReads) abandon(MOSQ_ERR_PROXY);
}

}  // namespace libmosquitto
