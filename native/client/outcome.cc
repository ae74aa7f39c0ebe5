#include "client/outcome.h"

#include "client/client.h"
#include "mosquitto_setup.h"
#include "system_setup.h"

namespace libmosquitto {

std::string place_of(const DialTarget& target) {
  if (target.port == 0) return target.hostname;
  const bool is_ipv6 = target.hostname.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + target.hostname + "]" : target.hostname;
  return host + ":" + std::to_string(target.port);
}

std::string reason_of(int rc, int error) {
  if (rc == MOSQ_ERR_EAI) return gai_strerror(error);
  if (rc == MOSQ_ERR_ERRNO && error != 0) return errno_text(error) + " (" + errno_name(error) + ")";
  std::string reason = mosquitto_strerror(rc);
  while (!reason.empty() && reason.back() == '.') reason.pop_back();
  return reason;
}

std::string Client::last_error() {
  const std::lock_guard lock(mutex_);
  return *last_error_;
}

// OpenSSL's words tell more than the code of a failure of TLS.
std::string Client::told_reason(int rc, int error) const {
  return rc == MOSQ_ERR_TLS && !tls_->reason.empty() ? tls_->reason : reason_of(rc, error);
}

// With the lock held. Returns the sentence without its full stop.
std::string Client::remember_attempt(int rc, int error) {
  if (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_EAI) last_errno_ = error;
  return remember_failure(told_reason(rc, error));
}

std::string Client::remember_failure(const std::string& reason) {
  const std::string proxy = has_proxy() ? " through the proxy " + place_of(proxy_->address) : "";
  return last_error_.use() = "Connecting to " + place_of(target_) + proxy + " failed: " + reason;
}

// With the lock held. The first reason of a connection's end counts: the broker's refusal comes before the loss of the
// connection that follows it.
void Client::remember_end(int rc, int error) {
  if (rc == MOSQ_ERR_SUCCESS || std::exchange(end_remembered_, true)) return;
  last_error_.use() = "The connection to " + place_of(target_) + " ended: " + told_reason(rc, error);
}

// With the lock held. `code`: that of CONNACK, other than 0.
void Client::remember_refusal(int code) {
  const bool is_mqtt5 = code >= 128;
  end_remembered_ = true;
  last_error_.use() = "The broker at " + place_of(target_) + " refused the connection: " +
                      (is_mqtt5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code));
}

Client::State Client::state() {
  const std::lock_guard lock(mutex_);
  const bool open = mosquitto_socket(handle_) >= 0;
  if (disconnect_requested_) return open ? State::kDisconnecting : State::kDisconnected;
  if (open) return accepted_ ? State::kConnected : State::kConnecting;
  const bool dials = has_target_ && (link_ != nullptr || dial_wanted_ || dial_ != nullptr);
  return dials ? State::kConnecting : State::kDisconnected;
}

}  // namespace libmosquitto
