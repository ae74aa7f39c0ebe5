// How long to wait before the next attempt to connect: what
// mosquitto_reconnect_delay_set() documents.
#pragma once

#include <algorithm>
#include <cstdint>

namespace libmosquitto {

class ReconnectPolicy {
 public:
  // Seconds. 0 counts as 1, as in libmosquitto: no delay at all would be a busy loop.
  void set(uint32_t delay, uint32_t delay_max, bool exponential) {
    delay_ = std::max<uint32_t>(delay, 1);
    delay_max_ = std::max(delay_max, delay_);
    exponential_ = exponential;
    reset();
  }

  // After a connection that the broker accepted.
  void reset() { next_ = 0; }

  // Milliseconds: 3, 6, 9 ... or 3, 6, 12 ... seconds, up to the maximum.
  uint64_t next_delay_ms() {
    if (next_ == 0) {
      next_ = delay_;
    } else {
      next_ = std::min<uint64_t>(exponential_ ? next_ * 2 : next_ + delay_, delay_max_);
    }
    return next_ * 1000;
  }

 private:
  uint64_t next_ = 0;
  uint32_t delay_ = 1;
  uint32_t delay_max_ = 1;
  bool exponential_ = false;
};

}  // namespace libmosquitto
