// Decides who writes the packets that JavaScript queues while something else is there to write
// the queue: a network thread, or the event loop once the handlers have returned.
//
// Messages that are to be acknowledged do not wait until there is no more to add: while the
// broker answers the first of them, JavaScript makes the next. Others leave when there are
// many, since each write costs more than it takes to make ten.
//
// Beside a network thread JavaScript's thread writes them itself: the first of a turn of the
// event loop at once, so that one alone loses no time, then many together, and what is left
// when the turn ends. To have the other thread write them, each waking it, would cost more,
// and both would wait for each other's lock. That one is woken by the second packet of a
// turn, and looks for more every few milliseconds while there are some: the turn may not end
// for seconds.
//
// JavaScript thread only.
#pragma once

#include <utility>

namespace libmosquitto {

class SendBurst {
 public:
  enum class Step { kWait, kWake, kWrite };
  enum class Packet { kPlain, kAcknowledged };

  // A packet was queued beside a network thread: what to do now. `looks`: that looks for
  // more in a moment.
  Step add(Packet packet, bool looks) {
    if (std::exchange(running_, true)) {
      waiting_ += weight(packet);
      // More than once, perhaps, until it does: it may have stopped since it was last woken.
      if (!looks) return Step::kWake;
      if (waiting_ < kTogether) return Step::kWait;
    }
    waiting_ = 0;
    return Step::kWrite;
  }
  // A packet was queued that leaves when the handlers have returned. True: now is better.
  bool add_in_handler(Packet packet) {
    // Not in waiting_: what leaves by itself is nothing that the end of a turn has to write.
    if (packet == Packet::kAcknowledged) in_handler_ += weight(packet);
    if (in_handler_ < kTogether) return false;
    in_handler_ = 0;
    return true;
  }
  [[nodiscard]] bool running() const { return running_; }
  // The turn is over. True: some wait to be written.
  bool end() {
    running_ = false;
    return std::exchange(waiting_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;
  static int weight(Packet packet) { return packet == Packet::kAcknowledged ? 4 : 1; }

  bool running_ = false;  // this turn has queued some
  int waiting_ = 0;       // by weight
  int in_handler_ = 0;    // likewise
};

}  // namespace libmosquitto
