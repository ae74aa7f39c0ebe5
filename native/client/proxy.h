// A client's SOCKS5 proxy. It also checks the proxy's first reply, some forms of which the library must not read.
//
// The session's lock guards it; socks5_set() locks the session itself.
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

  // JavaScript calls these, as in mosquitto.h.
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
  // Checks the first reply before the library reads it.
  Reply look_at_reply();
  // To be called around a read before CONNACK. unread() returns how many bytes there are. is_stuck() returns true when
  // the library never reads the rest of a reply.
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
