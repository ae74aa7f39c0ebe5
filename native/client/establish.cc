// Begins a connection: adopts a connected socket and queues CONNECT. disconnect() is here too.
#include <utility>

#include "client/connection.h"
#include "driver/libc_hooks.h"
#include "system_setup.h"

namespace libmosquitto {

void Connection::reset() {
  target_ = DialTarget{};
  aliases_.reset();
  timeout_ = kTimeout;
  packet_limit_ = kPacketLimit;
  send_maximum_ = kSendMaximum;
  phase_.reset();
  // The handle has no callbacks yet.
  authenticating_ = end_remembered_ = began_plain_ = hears_log_ = false;
  paused_ = false;
}

void Connection::set_server(const std::string& hostname, int port) {
  target_.hostname = hostname;
  target_.port = port;
}

DialTarget Connection::dial_target() const {
  DialTarget target = target_;
  if (proxy_.configured()) {
    target.hostname = proxy_.address().hostname;
    target.port = proxy_.address().port;
  }
  target.timeout = timeout_;
  return target;
}

void Connection::declare(const DialTarget& target) {
  target_ = target;
  phase_.begin();
  authenticating_ = false;
}

int Connection::may_adopt() {
  if (phase_.leaving()) return MOSQ_ERR_NO_CONN;
  // Settings may have changed since connect(). The check is therefore made here, for every kind of connection.
  return tls_.lacks(target_.port) ? MOSQ_ERR_TLS : MOSQ_ERR_SUCCESS;
}

int Connection::adopt(DialResult connected) {
  began_plain_ = !tls_.tls_wanted();
  proxy_.begin_connection(connected.fd.get());
  const ConnectionScope scope(std::move(connected.fd));
  begin_attempt(connected.begun);
  phase_.begin();
  authenticating_ = false;
  aliases_.reset();
  forget_outgoing_aliases(session_.handle());
  session_.set_end_code(MOSQ_ERR_SUCCESS);
  end_remembered_ = false;
  tls_.begin_connection();
  aside_length_ = 0;
  has_buffered_input_ = false;
  prepare_connection(session_.handle(), send_maximum_, keepalive_);
  if (const int rc = tls_.renew(); rc != MOSQ_ERR_SUCCESS) return rc;
  follow_log();
  const auto setup = lock_tls_setup(tls_.tls_wanted());
  const int rc = session_.checked(mosquitto_reconnect(session_.handle()));
  tls_.remember(rc, phase_.accepted());
  if (rc != MOSQ_ERR_TLS || !scope.handshake_begun()) return rc;
  // The connection was made and has failed inside the call: this is reported as a failure a moment later would be.
  tell_end(rc);
  return MOSQ_ERR_SUCCESS;
}

void Connection::accept(const mosquitto_property* properties) {
  phase_.accept();
  accept_keepalive(properties);
}

int Connection::disconnect(int reason_code, const mosquitto_property* properties) {
  const bool connected = session_.has_socket();
  if (connected && properties != nullptr && is_oversize(session_.handle(), 1, properties)) {
    return MOSQ_ERR_OVERSIZE_PACKET;
  }
  const bool early = before_connect();
  const int rc = session_.checked(mosquitto_disconnect_v5(session_.handle(), reason_code, properties));
  // disconnect() was refused for its arguments: nothing has changed.
  if (rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_NO_CONN) return rc;
  if (!phase_.leaving()) extend_farewell();
  phase_.leave(early);
  return rc;
}

const std::string* Connection::topic_of_alias(uint16_t alias) const {
  const auto found = aliases_->find(alias);
  return found == aliases_->end() ? nullptr : &found->second;
}

}  // namespace libmosquitto
