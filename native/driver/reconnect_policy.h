// Computes the delay before the next attempt to connect, as mosquitto_reconnect_delay_set() documents it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace libmosquitto {

class ReconnectPolicy {
 public:
  // `delay` and `delay_max`: seconds. 0 counts as 1, as in libmosquitto: no delay at all would be a busy loop.
  void set(uint32_t delay, uint32_t delay_max, bool exponential) {
    delay_ = std::max<uint32_t>(delay, 1);
    delay_max_ = std::max(delay_max, delay_);
    exponential_ = exponential;
    reset();
  }

  // To be called after a connection that the broker has accepted.
  void reset() { next_ = 0; }

  // Returns milliseconds. They grow by steps of the delay, or double if exponential, up to the maximum: 3, 6, 9 ... or
  // 3, 6, 12 ... seconds.
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
