// Limits how long one attempt to connect may take, from the TCP connect to CONNACK. libmosquitto itself waits for
// CONNACK as long as the keepalive, and for ever without a keepalive.
#include <string>
#include <utility>

#include "client/connection.h"
#include "system_setup.h"

namespace libmosquitto {

using std::chrono::steady_clock;

// The client checks the time each second. A longer gap means that nothing was read in between: the process was stopped,
// or its event loop was busy.
constexpr std::chrono::milliseconds kGap{1500};

void Connection::begin_attempt(steady_clock::time_point begun) {
  attempt_deadline_ = begun + timeout_;
  attempt_checked_at_ = steady_clock::now();
  attempt_extended_ = false;
}

bool Connection::awaits_connack() const { return !phase_.accepted() && !phase_.leaving() && session_.has_socket(); }

// Ends an attempt that takes too long. The keepalive does not count before CONNACK.
int Connection::check_attempt() {
  const auto now = steady_clock::now();
  const bool stood_still = now - std::exchange(attempt_checked_at_, now) > kGap;
  if (now < attempt_deadline_) return MOSQ_ERR_SUCCESS;
  // CONNACK may be in the socket already.
  if (!authenticating_ && has_input(session_.socket())) {
    const int rc = read();
    if (!awaits_connack()) return rc;
  }
  // The peer did not cause the gap, so the attempt gets more time. It does so only once: the attempt stays bounded.
  if (stood_still && !std::exchange(attempt_extended_, true)) {
    attempt_deadline_ = now + timeout_;
    return MOSQ_ERR_SUCCESS;
  }
  session_.log(MOSQ_LOG_WARNING,
               remember_failure("no CONNACK within " + std::to_string(timeout_.count()) + " s") + ".");
  end_remembered_ = true;
  abandon(MOSQ_ERR_TIMEOUT);
  return MOSQ_ERR_TIMEOUT;
}

}  // namespace libmosquitto
