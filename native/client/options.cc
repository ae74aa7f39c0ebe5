#include "client/client.h"

namespace libmosquitto {

int Client::reconnect_delay_set(int delay, int delay_max, bool exponential_backoff) {
  if (delay < 0 || delay_max < 0) return MOSQ_ERR_INVAL;  // unsigned in C
  const auto min = static_cast<unsigned>(delay);
  const auto max = static_cast<unsigned>(delay_max);
  const std::lock_guard lock(mutex_);
  const int rc = checked(mosquitto_reconnect_delay_set(handle_, min, max, exponential_backoff));
  if (rc == MOSQ_ERR_SUCCESS) reconnect_policy_.set(min, max, exponential_backoff);
  return rc;
}

int Client::max_inflight_messages_set(int max) {
  if (max < 0) return MOSQ_ERR_INVAL;  // unsigned in C
  const std::lock_guard lock(mutex_);
  return checked(mosquitto_max_inflight_messages_set(handle_, static_cast<unsigned>(max)));
}

// The handle itself is always in threaded mode; what a user sees of it is whether
// publish() and its like write to the socket at once while no loop runs.
int Client::threaded_set(bool threaded) {
  threaded_ = threaded;
  return MOSQ_ERR_SUCCESS;
}

}  // namespace libmosquitto
