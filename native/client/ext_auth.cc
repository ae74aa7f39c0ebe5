// MQTT 5's extended authentication: after an AUTH packet nothing is read or written until on_ext_auth has returned.
#include "client/connection.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {

void Connection::put_input_aside(uint16_t position, uint16_t length) {
  aside_position_ = position;
  aside_length_ = length;
}

bool Connection::answer_authentication(int rc) {
  if (!authenticating_) return false;
  authenticating_ = false;
  const int fd = session_.socket();
  if (rc == MOSQ_ERR_SUCCESS && fd >= 0) {
    if (aside_length_ > 0) restore_input(session_.handle(), aside_position_, aside_length_);
    has_buffered_input_ = aside_length_ > 0 || tls_has_pending(session_.handle());
  }
  aside_length_ = 0;
  if (rc != MOSQ_ERR_SUCCESS && fd >= 0) {
    session_.set_end_code(rc);
    ::shutdown(fd, kShutBoth);  // reading now finds the end of the stream
  }
  return true;
}

}  // namespace libmosquitto
