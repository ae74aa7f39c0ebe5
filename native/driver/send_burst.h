// When to wake the network thread for packets that JavaScript queues: for the first of a
// turn of the event loop at once, so that one alone loses no time, then for many
// together. To wake it for each would have both threads wait for each other's lock.
//
// JavaScript thread only.
#pragma once

#include <utility>

namespace libmosquitto {

class SendBurst {
 public:
  // A packet was queued. True: wake the thread now.
  bool add() {
    const bool first = !std::exchange(running_, true);
    if (!first && ++waiting_ < kTogether) return false;
    waiting_ = 0;
    return true;
  }
  [[nodiscard]] bool running() const { return running_; }
  // The turn is over. True: some wait for the thread to be woken.
  bool end() {
    running_ = false;
    return std::exchange(waiting_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;

  bool running_ = false;
  int waiting_ = 0;
};

}  // namespace libmosquitto
