// Gives libmosquitto a socket that the addon has connected.
//
// libmosquitto resolves and connects by itself, and blocks the handle meanwhile. Here its calls of getaddrinfo(),
// socket(), bind() and connect() end in functions of the addon: by the linker option --wrap in the static build, by
// symbol precedence under RTLD_DEEPBIND with the system's library. These functions call the C library, except on a
// thread that is inside a ConnectionScope. docs/decisions/0002 has the reasons.
#pragma once

#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// While it lives, on its thread, libmosquitto's next connection is the given socket, or is refused.
class ConnectionScope {
 public:
  // Gives libmosquitto this connected, non-blocking socket.
  explicit ConnectionScope(UniqueFd connected);
  // Refuses the connection: libmosquitto checks and stores its arguments, closes what was open, and then fails.
  ConnectionScope();
  ~ConnectionScope();
  ConnectionScope(const ConnectionScope&) = delete;
  ConnectionScope& operator=(const ConnectionScope&) = delete;

  // True when libmosquitto has asked for a connection. Otherwise its return code is about its arguments.
  [[nodiscard]] bool reached() const { return reached_; }

  // True when libmosquitto has begun a TLS handshake. 2.0 begins it inside the call, and may see it fail there.
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
