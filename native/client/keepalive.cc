// Prevents a time-out of the keepalive when the broker lives, but its PINGRESP was not read in time.
#include <utility>

#include "client/connection.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

// A broker closes the connection after one and a half keepalives. One check each second is too late for a keepalive of
// 1 or 2 seconds, which only a broker can ask for.
constexpr uint16_t kShortKeepalive = 2;

}  // namespace

void Connection::accept_keepalive(const mosquitto_property* properties) {
  uint16_t of_broker = keepalive_;
  mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &of_broker, false);
  short_keepalive_ = of_broker > 0 && of_broker <= kShortKeepalive;
}

// A PINGRESP may be unread in the socket, perhaps behind messages that are not read yet: after the process was stopped,
// or while handlers take long. libmosquitto would take the broker for dead. Bytes that came since the last check show
// that the broker lives, as a PINGRESP does. When no PINGRESP is expected, the library sends its next PINGREQ in time.
void Connection::excuse_living_peer() {
  const int fd = session_.socket();
  const bool heard = std::exchange(session_.state().heard, 0) != 0;
  const uint64_t before = std::exchange(queued_answers_, queued_answers(session_.handle()));
  if (fd < 0 || !awaits_pingresp(session_.handle())) return;
  // Nothing is read while too many answers are queued. A peer that takes some of them lives. A peer that takes none may
  // be gone: its bytes in the socket prove nothing.
  const bool takes = queued_answers_ > 0 && queued_answers_ < before;
  const bool sends = queued_answers_ == 0 && has_input(fd);
  if (paused_ || heard || takes || sends) excuse_pingresp(session_.handle());
}

// The system's library cannot be told that bytes came. Its PINGRESP is read instead, if that takes no longer than a
// read may. Returns the reason if the connection has ended in it.
int Connection::read_before_keepalive() {
  if (kExcusesPingresp || paused_ || authenticating_) return MOSQ_ERR_SUCCESS;
  const uint64_t end = uv_hrtime() + kReadNs;
  int rc = MOSQ_ERR_SUCCESS;
  while (rc == MOSQ_ERR_SUCCESS && session_.has_socket() && uv_hrtime() < end && has_input(session_.socket())) {
    rc = read();
  }
  return rc;
}

}  // namespace libmosquitto
