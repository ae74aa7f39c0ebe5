// The SOCKS5 proxy of a client, and the replies of a proxy that the library must not read unseen.
//
// The session's lock guards it; socks5_set() takes that lock.
#pragma once

#include <cstdint>
#include <optional>

#include "client/rare.h"
#include "client/session.h"
#include "convert/parameters.h"
#include "driver/dialer.h"
#include "unique_owner.h"

namespace libmosquitto {

class Proxy {
 public:
  explicit Proxy(Session& session) : session_(session) {}
  ~Proxy() = default;
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  // JavaScript's, as in mosquitto.h
  int socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                 const OptionalSecretText& password);

  [[nodiscard]] bool configured() const { return !state_->address.hostname.empty(); }
  [[nodiscard]] const DialTarget& address() const { return state_->address; }
  void reset() { state_.reset(); }

  // A connection to the proxy was made; `fd` is its socket.
  void begin_connection(int fd);
  enum class Reply {
    kReadable,  // the library may read
    kMissing,   // not all of the first reply is there
    kRefuses,   // the proxy asks for what it was not offered
  };
  // Looks at the first reply before the library does.
  Reply look_at_reply();
  // Around a read before CONNACK: how many bytes there are, and then whether the library is stuck with a reply that it
  // never reads.
  [[nodiscard]] int unread() const;
  bool is_stuck(int unread_before);

 private:
  struct State {
    DialTarget address;         // no hostname: none
    bool has_password = false;  // there is one for it
    bool unseen_reply = false;  // its first reply is to be looked at
    int unmoved_reads = 0;      // in a row, that took nothing of what it sent
  };

  Session& session_;
  Rare<State> state_;
};
static_assert(kIsUniqueOwner<Proxy>);

}  // namespace libmosquitto
