// What becomes of packets that JavaScript queues beside a network thread. JavaScript's thread
// writes them: the first of a turn of the event loop at once, so that one alone loses no
// time, then many together, and what is left when the turn ends. To have the other thread
// write them, each waking it, would cost more, and both would wait for each other's lock.
// That one is woken by the second packet of a turn, and looks for more every few
// milliseconds while there are some: the turn may not end for seconds.
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
      // More than once, perhaps, until it does: it may have stopped since it was last woken.
      if (!looks) return Step::kWake;
      if (waiting_ < kTogether) return Step::kWait;
    }
    waiting_ = 0;
    return Step::kWrite;
  }
  [[nodiscard]] bool running() const { return running_; }
  // The turn is over. True: some wait to be written.
  bool end() {
    running_ = false;
    return std::exchange(waiting_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;

  bool running_ = false;  // this turn has queued some
  int waiting_ = 0;
};

}  // namespace libmosquitto
