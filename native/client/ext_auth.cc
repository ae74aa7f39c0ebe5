#include "client/client.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {

int Client::ext_auth_continue(const Text& method, const Payload& payload, const Properties<CMD_AUTH>& properties) {
  const std::string_view data = payload.bytes();
  if (!kExtendedAuth) return MOSQ_ERR_NOT_SUPPORTED;
  if (data.size() > UINT16_MAX) return MOSQ_ERR_INVAL;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(mutex_);
    if (mosquitto_socket(handle_) < 0) return MOSQ_ERR_NO_CONN;
    if (!may_authenticate(handle_)) return MOSQ_ERR_PROTOCOL;
    rc = checked(send_auth(handle_, method.c_str(), data.data(), static_cast<uint16_t>(data.size()), properties.get()));
  }
  if (rc == MOSQ_ERR_SUCCESS) push_out();
  return rc;
}

void Client::hold_input(uint16_t position, uint16_t length) {
  held_position_ = position;
  held_length_ = length;
}

// `rc`: the answer of on_ext_auth. The connection goes on, or ends with that code.
void Client::ext_auth_result(int32_t rc) {
  {
    const std::lock_guard lock(mutex_);
    if (!authenticating_) return;
    authenticating_ = false;
    const int fd = mosquitto_socket(handle_);
    if (rc == MOSQ_ERR_SUCCESS && fd >= 0) {
      if (held_length_ > 0) give_back_input(handle_, held_position_, held_length_);
      input_waits_ = held_length_ > 0 || tls_has_pending(handle_);
    }
    held_length_ = 0;
    if (rc != MOSQ_ERR_SUCCESS && fd >= 0) {
      closing_rc_ = rc;
      ::shutdown(fd, kShutBoth);  // reading now finds the end of the stream
    }
  }
  push_out();
}

}  // namespace libmosquitto
