// One attempt to connect: how long it may take from the TCP connect until CONNACK. libmosquitto waits for as long as
// the keepalive, or for ever without one.
#include <string>
#include <utility>

#include "client/client.h"
#include "system_setup.h"

namespace libmosquitto {

using std::chrono::steady_clock;

// The clock is looked at each second. A longer gap means that nothing was read meanwhile: the process was stopped, or
// its event loop was busy.
constexpr std::chrono::milliseconds kGap{1500};

int Client::connect_timeout_set(int32_t seconds) {
  if (seconds < 1) return MOSQ_ERR_INVAL;
  const std::lock_guard lock(mutex_);
  connect_timeout_ = std::chrono::seconds(seconds);
  return MOSQ_ERR_SUCCESS;
}

void Client::begin_attempt(steady_clock::time_point begun) {
  attempt_deadline_ = begun + connect_timeout_;
  attempt_checked_at_ = steady_clock::now();
  attempt_extended_ = false;
}

bool Client::awaits_connack() const { return !accepted_ && !disconnect_requested_ && mosquitto_socket(handle_) >= 0; }

// Ends an attempt that takes too long. The keepalive does not count before CONNACK.
int Client::check_attempt() {
  const auto now = steady_clock::now();
  const bool stood_still = now - std::exchange(attempt_checked_at_, now) > kGap;
  if (now < attempt_deadline_) return MOSQ_ERR_SUCCESS;
  // CONNACK may have come already.
  if (!authenticating_ && wait_ready(mosquitto_socket(handle_), POLLIN, 0) > 0) {
    const int rc = read_now();
    if (!awaits_connack()) return rc;
  }
  // The peer was not to blame for the gap. Once: the attempt stays bounded.
  if (stood_still && !std::exchange(attempt_extended_, true)) {
    attempt_deadline_ = now + connect_timeout_;
    return MOSQ_ERR_SUCCESS;
  }
  log(MOSQ_LOG_WARNING, remember_failure("no CONNACK within " + std::to_string(connect_timeout_.count()) + " s") + ".");
  end_remembered_ = true;
  abandon(MOSQ_ERR_TIMEOUT);
  return MOSQ_ERR_TIMEOUT;
}

}  // namespace libmosquitto
