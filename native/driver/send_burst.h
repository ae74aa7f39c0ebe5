// What becomes of packets that JavaScript queues for the network thread. One that is alone in
// its turn of the event loop JavaScript's thread writes by itself: to wake the other for it
// costs as much, and the packet waits until that one runs. More are left to the thread,
// which is woken for many together: woken for each, both would wait for each other's lock.
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
    const bool first = packets_++ == 0;
    // A turn that queues many seldom comes alone.
    if (first && alone_) return Step::kWrite;
    if (std::exchange(woken_, true) && looks && ++waiting_ < kTogether) return Step::kWait;
    waiting_ = 0;
    return Step::kWake;
  }
  [[nodiscard]] bool running() const { return packets_ > 0; }
  // The turn is over. True: some wait for the thread to be woken.
  bool end() {
    alone_ = packets_ <= 1;
    packets_ = 0;
    woken_ = false;
    return std::exchange(waiting_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;

  bool alone_ = true;  // the last turn queued no more than one
  int packets_ = 0;    // of this turn
  bool woken_ = false;
  int waiting_ = 0;
};

}  // namespace libmosquitto
