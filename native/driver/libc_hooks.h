// How a socket that we connected ourselves becomes libmosquitto's.
//
// libmosquitto resolves and connects by itself, blocking, with the handle in its
// hands. Here its calls of getaddrinfo(), socket(), bind() and connect() end in our
// own functions (linker option --wrap in the static build, symbol precedence under
// RTLD_DEEPBIND with the system's library). They pass everything on, except on a
// thread that is inside a ConnectionScope. docs/decisions/0002 has the reasons.
#pragma once

#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// For its lifetime, on its thread, libmosquitto's next connection is the given
// socket, or is refused.
class ConnectionScope {
 public:
  // Hands over a connected, non-blocking socket.
  explicit ConnectionScope(UniqueFd connected);
  // Refuses: libmosquitto checks and stores its arguments, closes what was open,
  // and then fails for want of a connection.
  ConnectionScope();
  ~ConnectionScope();
  ConnectionScope(const ConnectionScope&) = delete;
  ConnectionScope& operator=(const ConnectionScope&) = delete;

  // Did libmosquitto get as far as asking for a connection? If not, its return
  // code is its judgement of the arguments.
  [[nodiscard]] bool reached() const { return reached_; }

  // Did it get as far as a TLS handshake? 2.0 begins it inside the call, and may see it fail there.
  [[nodiscard]] bool handshake_begun() const { return handshake_begun_; }

  // For the hooks.
  int take_socket();
  void mark_reached() { reached_ = true; }
  void mark_handshake() { handshake_begun_ = true; }
  [[nodiscard]] bool refuses() const { return refuses_; }
  [[nodiscard]] bool gave(int fd) const { return fd >= 0 && fd == given_; }

 private:
  UniqueFd offered_;
  int given_ = -1;
  bool refuses_;
  bool reached_ = false;
  bool handshake_begun_ = false;
};
static_assert(kIsUniqueOwner<ConnectionScope>);

}  // namespace libmosquitto
