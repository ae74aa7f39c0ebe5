// Proxy: the SOCKS5 proxy of a client, and the checks of what the proxy sends.
#include "client/proxy.h"

#include <array>
#include <cerrno>

#include "system_setup.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include <sys/ioctl.h>
#endif

namespace libmosquitto {
namespace {

// The proxy's first reply has two bytes: version and method.
constexpr int kReplyLength = 2;
constexpr uint8_t kAsksForPassword = 2;
// The library counts as stuck after this number of reads in a row that took no byte.
constexpr int kUnmovedReads = 32;

void wake_at(int fd, int bytes) {
  setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

bool has_ended(int fd) { return wait_ready(fd, kPollEnd, 0) > 0; }

}  // namespace

int Proxy::socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                      const OptionalSecretText& password) {
  // A proxy that asks for a password gets an empty one: the library would follow a null pointer.
  const char* const given = username && password.c_str() == nullptr ? "" : password.c_str();
  const std::lock_guard lock(session_.mutex());
  const int rc = session_.checked(set_proxy(session_.handle(), host.c_str(), port, c_string(username), given));
  // From now on connections go to the proxy; libmosquitto tells it the broker's address.
  if (rc == MOSQ_ERR_SUCCESS) {
    State& proxy = state_.use();
    proxy.address = DialTarget{host, port, {}};
    proxy.has_password = username.has_value();
  }
  return rc;
}

// A connection to the proxy was made. Its first reply has to be checked before the library reads it.
void Proxy::begin_connection(int fd) {
  State* const proxy = state_.used();
  if (proxy == nullptr) return;
  proxy->unmoved_reads = 0;
  proxy->unseen_reply = !kRepairsSocks && configured() && !proxy->has_password;
  if (proxy->unseen_reply) wake_at(fd, kReplyLength);
}

Proxy::Reply Proxy::look_at_reply() {
  State* const proxy = state_.used();
  if (proxy == nullptr || !proxy->unseen_reply) return Reply::kReadable;
  const int fd = session_.socket();
  std::array<uint8_t, kReplyLength> reply{};
  const long length = peek(fd, reply.data(), reply.size());
  if (length >= 0 && length < kReplyLength && !has_ended(fd)) {
    errno = EAGAIN;
    return Reply::kMissing;
  }
  if (length < 0) return would_block(socket_error()) ? Reply::kMissing : Reply::kReadable;
  proxy->unseen_reply = false;
  wake_at(fd, 1);
  return length < kReplyLength || reply.back() != kAsksForPassword ? Reply::kReadable : Reply::kRefuses;
}

// The system's library never reads a reply with an empty domain to its end: the socket would be readable for ever.
// Returns how many bytes are unread before CONNACK, when a proxy may be answering.
int Proxy::unread() const {
#ifdef LIBMOSQUITTO_SYSTEM
  int count = 0;
  if (configured() && ioctl(session_.socket(), FIONREAD, &count) == 0) return count;
#endif
  return 0;
}

// One read may leave as many bytes as it found, because as many arrived meanwhile. Many reads in a row do not.
bool Proxy::is_stuck(int unread_before) {
  State* const proxy = state_.used();
  if (proxy == nullptr) return false;
  const bool unmoved = unread_before > 0 && session_.has_socket() && unread() == unread_before;
  proxy->unmoved_reads = unmoved ? proxy->unmoved_reads + 1 : 0;
  return proxy->unmoved_reads == kUnmovedReads;
}

}  // namespace libmosquitto
