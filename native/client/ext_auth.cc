// MQTT 5's extended authentication: after an AUTH packet nothing is read or written until on_ext_auth has returned.
#include "client/connection.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {

void Connection::keep_input(uint16_t position, uint16_t length) {
  kept_position_ = position;
  kept_length_ = length;
}

bool Connection::answer_authentication(int rc) {
  if (!authenticating_) return false;
  authenticating_ = false;
  const int fd = session_.socket();
  if (rc == MOSQ_ERR_SUCCESS && fd >= 0) {
    if (kept_length_ > 0) give_back_input(session_.handle(), kept_position_, kept_length_);
    has_buffered_input_ = kept_length_ > 0 || tls_has_pending(session_.handle());
  }
  kept_length_ = 0;
  if (rc != MOSQ_ERR_SUCCESS && fd >= 0) {
    session_.set_end_code(rc);
    ::shutdown(fd, kShutBoth);  // reading now finds the end of the stream
  }
  return true;
}

}  // namespace libmosquitto
