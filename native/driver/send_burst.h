// What becomes of packets that JavaScript queues beside a network thread. JavaScript's thread
// writes them: the first of a turn of the event loop at once, so that one alone loses no
// time, then many together, and what is left when the turn ends. To have the other thread
// write them, each waking it, would cost more, and both would wait for each other's lock.
// That one has to look for them only where a turn does not end, or the socket is full.
//
// JavaScript thread only.
#pragma once

#include <utility>

namespace libmosquitto {

class SendBurst {
 public:
  enum class Step { kWait, kWake, kWrite };

  // A packet was queued: what to do now. `looks`: the thread looks for more in a moment.
  Step add(bool looks) {
    if (std::exchange(running_, true)) {
      waiting_++;
      if (looks) woken_ = false;
      if (!looks && !std::exchange(woken_, true)) return Step::kWake;
      if (waiting_ < kTogether) return Step::kWait;
    }
    waiting_ = 0;
    return Step::kWrite;
  }
  [[nodiscard]] bool running() const { return running_; }
  // The turn is over. True: some wait to be written.
  bool end() {
    running_ = woken_ = false;
    return std::exchange(waiting_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;

  bool running_ = false;  // this turn has queued some
  bool woken_ = false;    // the thread was, and has not run since
  int waiting_ = 0;
};

}  // namespace libmosquitto
