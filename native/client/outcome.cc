#include "client/outcome.h"

#include <cerrno>
#include <utility>

#include "client/connection.h"
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

// OpenSSL's words tell more than the code of a TLS failure.
std::string Connection::reason_in_words(int rc, int error) const {
  return rc == MOSQ_ERR_TLS && !tls_.reason().empty() ? tls_.reason() : reason_of(rc, error);
}

std::string Connection::remember_attempt(int rc, int error) {
  if (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_EAI) session_.set_last_errno(error);
  return remember_failure(reason_in_words(rc, error));
}

std::string Connection::remember_failure(const std::string& reason) {
  const std::string proxy = proxy_.configured() ? " through the proxy " + place_of(proxy_.address()) : "";
  return session_.set_last_error("Connecting to " + place_of(target_) + proxy + " failed: " + reason);
}

// Only the first reason for a connection's end is recorded: the broker's refusal comes before the loss of the
// connection that follows it.
void Connection::remember_end(int rc, int error) {
  if (rc == MOSQ_ERR_SUCCESS || std::exchange(end_remembered_, true)) return;
  session_.set_last_error("The connection to " + place_of(target_) + " ended: " + reason_in_words(rc, error));
}

// `code`: the reason code of CONNACK, other than 0.
void Connection::remember_refusal(int code) {
  const bool is_mqtt5 = code >= 128;
  end_remembered_ = true;
  session_.set_last_error("The broker at " + place_of(target_) + " refused the connection: " +
                          (is_mqtt5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code)));
}

// Corrects the library's code. It reports a TLS failure as a failed system call or a lost connection, and our own
// closing as a lost connection.
int Connection::end(int rc) {
  if (!kTellsTlsFailure && tls_.tls_wanted() && errno == EPROTO) tls_.fail();
  // A reset appears as one or the other, depending on whether the reader or the writer meets it first.
  if (was_in_handshake_) tls_.fail();
  if (tls_.failed() && (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_CONN_LOST)) rc = MOSQ_ERR_TLS;
  if (const int own = session_.take_end_code(); own != 0 && rc != 0) rc = own;
  // The stream may end within a packet, and the broker may send DISCONNECT without a reason. The code 0 is only for an
  // end that the client has asked for.
  const bool unasked = rc == MOSQ_ERR_SUCCESS && !phase_.leaving();
  if (unasked || (rc == MOSQ_ERR_ERRNO && errno == 0)) rc = MOSQ_ERR_CONN_LOST;
  ended_rc_ = rc;
  remember_end(rc, errno);
  return rc;
}

}  // namespace libmosquitto
