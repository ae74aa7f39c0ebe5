// The setters of options: int_option(), string_option(), limits and delays. libmosquitto does not check all of the
// values that they take.
#include "client/client.h"

#include <cstring>
#include <mutex>

#include "client/tls_values.h"

namespace libmosquitto {
namespace {

// A server need not accept a longer path. A line break in a path would begin another header.
bool fits_http_request(const char* path) {
  constexpr size_t kLongest = 512;
  return std::strlen(path) <= kLongest && std::strpbrk(path, "\r\n ") == nullptr;
}

// MOSQ_OPT_DISABLE_SOCKETPAIR to MOSQ_OPT_HTTP_HEADER_SIZE are missing in 2.0, which does not tell them from invalid
// numbers.
bool is_missing(int option) {
  constexpr int kFirstOf21 = 14;
  constexpr int kLastOf21 = 17;
  return !kHasOptionsOf21 && option >= kFirstOf21 && option <= kLastOf21;
}

// TlsSettings gets memory for its notes before libmosquitto takes an option of TLS.
bool is_of_tls(int option) {
  switch (option) {
    case MOSQ_OPT_TLS_KEYFORM:
    case MOSQ_OPT_TLS_ENGINE:
    case MOSQ_OPT_TLS_ENGINE_KPASS_SHA1:
    case MOSQ_OPT_TLS_OCSP_REQUIRED:
    case MOSQ_OPT_TLS_ALPN:
    case MOSQ_OPT_TLS_USE_OS_CERTS:
      return true;
    default:
      return false;
  }
}

}  // namespace

int Client::int_option(int32_t option, int32_t value) {
  if (is_missing(option)) return MOSQ_ERR_NOT_SUPPORTED;
  if (option == MOSQ_OPT_SEND_MAXIMUM) return max_inflight_messages_set(value);
  const std::lock_guard lock(session_.mutex());
  if (is_of_tls(option)) tls_.prepare();
  const int rc = session_.checked(mosquitto_int_option(session_.handle(), static_cast<mosq_opt_t>(option), value));
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  if (option == MOSQ_OPT_RECEIVE_MAXIMUM) session_.state().receive_maximum_set = 1;
  if (is_of_tls(option)) tls_.note_int_option(option, value);
  return rc;
}

// The caller has locked the session. `rc`: the result of setting the option. Logs why a value of a TLS option is
// refused, and returns `rc`.
int Client::judged(int option, int rc) {
  const char* const fault = rc == MOSQ_ERR_INVAL ? fault_of_option(option) : nullptr;
  return fault == nullptr ? rc : tls_.refuse_setting(fault);
}

int Client::string_option(int32_t option, const std::optional<Text>& text) {
  const char* const value = c_string(text);
  if (is_missing(option)) return MOSQ_ERR_NOT_SUPPORTED;
  if (option == kHttpPathOption && value != nullptr && !fits_http_request(value)) return MOSQ_ERR_INVAL;
  const std::lock_guard lock(session_.mutex());
  if (is_of_tls(option)) tls_.prepare();
  if (value == nullptr) {
    // With NULL the library would follow the pointer for these options, and 2.0 frees one of them twice.
    if (option == MOSQ_OPT_TLS_ALPN) return judged(option, clear_alpn(session_.handle()));
    if (option == MOSQ_OPT_TLS_ENGINE_KPASS_SHA1) return judged(option, MOSQ_ERR_INVAL);
    if (option == MOSQ_OPT_BIND_ADDRESS) {
      connection_.set_bind_address({});
      return MOSQ_ERR_SUCCESS;
    }
  } else if (option == MOSQ_OPT_TLS_ALPN) {
    const std::string fault = fault_of_alpn(value);
    if (!fault.empty()) return tls_.refuse_setting(fault);
  }
  const int rc = judged(
      option, session_.checked(mosquitto_string_option(session_.handle(), static_cast<mosq_opt_t>(option), value)));
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  if (option == MOSQ_OPT_BIND_ADDRESS) connection_.set_bind_address(value);
  if (value != nullptr && is_of_tls(option)) tls_.note_string_option(option, value);
  return rc;
}

int Client::max_packet_size_set(int32_t bytes) {
  if (bytes < 0) return MOSQ_ERR_INVAL;
  if (!kLimitsPackets) return MOSQ_ERR_NOT_SUPPORTED;
  const std::lock_guard lock(session_.mutex());
  connection_.set_packet_limit(static_cast<uint32_t>(bytes));
  return MOSQ_ERR_SUCCESS;
}

int Client::connect_timeout_set(int32_t seconds) {
  if (seconds < 1) return MOSQ_ERR_INVAL;
  const std::lock_guard lock(session_.mutex());
  connection_.set_timeout(std::chrono::seconds(seconds));
  return MOSQ_ERR_SUCCESS;
}

int Client::reconnect_delay_set(int32_t delay, int32_t delay_max, bool exponential_backoff) {
  if (delay < 0 || delay_max < 0) return MOSQ_ERR_INVAL;  // unsigned in C
  const auto min = static_cast<unsigned>(delay);
  const auto max = static_cast<unsigned>(delay_max);
  const std::lock_guard lock(session_.mutex());
  const int rc = session_.checked(mosquitto_reconnect_delay_set(session_.handle(), min, max, exponential_backoff));
  if (rc == MOSQ_ERR_SUCCESS) reconnect_policy_.set(min, max, exponential_backoff);
  return rc;
}

int Client::max_inflight_messages_set(int32_t max) {
  {
    const std::lock_guard lock(session_.mutex());
    const int rc = session_.checked(mosquitto_int_option(session_.handle(), MOSQ_OPT_SEND_MAXIMUM, max));
    if (rc != MOSQ_ERR_SUCCESS) return rc;
    const uint16_t maximum = max == 0 ? UINT16_MAX : static_cast<uint16_t>(max);
    connection_.set_send_maximum(maximum);
    apply_send_maximum(session_.handle(), maximum);
  }
  writer_.packet_queued();
  return MOSQ_ERR_SUCCESS;
}

}  // namespace libmosquitto
