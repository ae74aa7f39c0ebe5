// A handshake that does not come to its end, with a SOCKS proxy, of TLS or of WebSockets: nothing of MQTT has been
// written yet, so nothing is worth waiting for.
#include <cerrno>

#include "client/client.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

bool input_is_there(int fd) { return wait_ready(fd, POLLIN, 0) > 0; }

// The stream has ended, and all that came of it has been read.
bool has_ended(int fd) {
  char byte = 0;
  const long length = peek(fd, &byte, sizeof byte);
  return length == 0 || (length < 0 && !would_block(socket_error()) && socket_error() != EINTR);
}

}  // namespace

bool Client::in_handshake() const {
  if (!tls_->wanted || accepted_ || mosquitto_socket(handle_) < 0) return false;
  return tls_in_handshake(handle_);
}

// The system's library does not say how far it has come with a proxy: until CONNACK it may be anywhere.
bool Client::before_connect() const {
  if (mosquitto_socket(handle_) < 0) return false;
  const bool may_be_with_proxy = !kMendsSocks && !accepted_ && has_proxy();
  return may_be_with_proxy || in_transport_handshake(handle_) || in_handshake();
}

void Client::abandon(int rc) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_close(handle_);
#else
  {
    // The library has no call that closes a connection, but a new one that is refused begins with that.
    const ConnectionScope refused;
    mosquitto_reconnect(handle_);
  }
#endif
  tell_end(rc);
}

// An end that the library keeps to itself.
void Client::tell_end(int rc) {
  ended_rc_ = rc;
  remember_end(rc, 0);
  record(EventKind::kDisconnect, {rc, 0});
}

// disconnect() during a handshake: DISCONNECT cannot be written, so the connection ends at once. disconnect() has
// replaced the state by which the library knows that it talks to a proxy; before_connect() was asked earlier.
bool Client::leaves_handshake() {
  if (!disconnect_requested_ || mosquitto_socket(handle_) < 0) return false;
  if (!leaves_early_ && !in_handshake()) return false;
  leaves_early_ = false;
  abandon(MOSQ_ERR_SUCCESS);
  return true;
}

// `rc`: the library's outcome of reading within a handshake. 2.0 says nothing when that fails, and does not notice a
// connection that was reset: it would be readable for ever.
int Client::check_handshake(int rc) {
  const int error = errno;
  remember_tls_settings(rc);
  const int fd = mosquitto_socket(handle_);
  if (rc == MOSQ_ERR_TLS && ended_rc_ == MOSQ_ERR_SUCCESS && fd < 0) {
    tell_end(rc);
  } else if (rc == MOSQ_ERR_SUCCESS && in_handshake() && has_ended(fd)) {
    rc = MOSQ_ERR_TLS;
    abandon(rc);
  }
  errno = error;
  return rc;
}

// A peer that refuses us sends an alert and goes: a write would meet its reset alone, while the alert that says
// why waits to be read. The static build looks after a failed write.
int Client::read_alert() {
  const bool due = !kTellsTlsFailure && tls_->wanted && !accepted_ && input_is_there(mosquitto_socket(handle_));
  return due ? read_now() : MOSQ_ERR_SUCCESS;
}

}  // namespace libmosquitto
