// Ends a connection that is still in a handshake of SOCKS, TLS or WebSockets. No packet of MQTT has been written yet,
// so that the connection can be closed at once.
#include <cerrno>

#include "client/connection.h"
#include "client/openssl.h"
#include "driver/libc_hooks.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

// The stream has ended, and all of it has been read.
bool has_ended(int fd) {
  char byte = 0;
  const long length = peek(fd, &byte, sizeof byte);
  return length == 0 || (length < 0 && !would_block(socket_error()) && socket_error() != EINTR);
}

}  // namespace

bool Connection::in_handshake() const {
  if (!tls_.tls_wanted() || phase_.accepted() || !session_.has_socket()) return false;
  return tls_in_handshake(session_.handle());
}

// The system's library does not say how far the handshake with a proxy has come: until CONNACK it may still be going
// on.
bool Connection::before_connect() const {
  if (!session_.has_socket()) return false;
  const bool may_be_with_proxy = !kRepairsSocks && !phase_.accepted() && proxy_.configured();
  return may_be_with_proxy || in_transport_handshake(session_.handle()) || in_handshake();
}

void Connection::abandon(int rc) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_close(session_.handle());
#else
  {
    // The library has no call that closes a connection, but a new one that is refused begins with that.
    const ConnectionScope refused;
    mosquitto_reconnect(session_.handle());
  }
#endif
  tell_end(rc);
}

// Reports an end of which the library tells nothing.
void Connection::tell_end(int rc) {
  ended_rc_ = rc;
  remember_end(rc, 0);
  session_.record(disconnect_record(rc, {}));
  listener_.connection_ended();
}

// disconnect() during a handshake: DISCONNECT cannot be written, so the connection ends at once. disconnect() has
// replaced the state by which the library knows that it talks to a proxy; before_connect() was asked earlier.
bool Connection::leaves_handshake() {
  if (!phase_.leaving() || !session_.has_socket()) return false;
  if (!phase_.leaves_handshake() && !in_handshake()) return false;
  abandon(MOSQ_ERR_SUCCESS);
  phase_.abandon_handshake();
  return true;
}

// `rc`: the library's result of reading within a handshake. 2.0 returns no error when the handshake fails, and does not
// notice a reset connection, which would be readable for ever.
int Connection::check_handshake(int rc) {
  const int error = errno;
  tls_.remember(rc, phase_.accepted());
  const int fd = session_.socket();
  if (rc == MOSQ_ERR_TLS && ended_rc_ == MOSQ_ERR_SUCCESS && fd < 0) {
    tell_end(rc);
  } else if (rc == MOSQ_ERR_SUCCESS && in_handshake() && has_ended(fd)) {
    rc = MOSQ_ERR_TLS;
    abandon(rc);
  }
  errno = error;
  return rc;
}

// A peer that refuses us sends an alert and resets the connection. A write would see the reset alone, and the alert
// with the reason would stay unread. The static build reads it after a failed write.
int Connection::read_alert() {
  const bool due = !kTellsTlsFailure && tls_.tls_wanted() && !phase_.accepted() && has_input(session_.socket());
  return due ? read() : MOSQ_ERR_SUCCESS;
}

// Ends a connection that would go on in plain TCP after the settings have changed. Such a connection was made before
// TLS was asked for, or goes to a SOCKS proxy, behind which TLS begins.
bool Connection::leaves_plain() {
  if (!tls_.tls_wanted() || phase_.accepted() || !session_.has_socket() ||
      mosquitto_ssl_get(session_.handle()) != nullptr)
    return false;
  if (began_plain_) {
    tls_.set_reason("TLS was asked for after this connection had begun in plain TCP");
    session_.log(MOSQ_LOG_ERR, "TLS: " + tls_.reason());
  } else if (!tls_.lacks(target_.port)) {
    return false;
  }
  abandon(MOSQ_ERR_TLS);
  return true;
}

}  // namespace libmosquitto
