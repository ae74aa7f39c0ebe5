// Decides when JavaScript's thread writes the packets that it queues, and when a network thread, or the event loop
// after the handlers, writes them.
//
// Messages that are to be acknowledged are written in smaller groups: the broker answers the first while JavaScript
// makes the next. Other packets leave in larger groups, because a write costs more than making ten of them.
//
// Beside a network thread, JavaScript's thread writes the first packet of a turn of the event loop at once, so that a
// single packet is not delayed. It then writes many together, and the rest at the end of the turn. It would cost more
// to wake the network thread for each packet, and both threads would wait for each other's lock. The second packet of a
// turn wakes the network thread, which then looks for more every few milliseconds while there are some: the turn may
// not end for seconds.
//
// JavaScript thread only.
#pragma once

#include <utility>

namespace libmosquitto {

class SendBurst {
 public:
  enum class Step { kDefer, kWake, kWrite };
  enum class Packet { kPlain, kAcknowledged };

  // A packet was queued beside a network thread. Returns what to do now. `looks`: the network thread looks at the queue
  // in a moment.
  Step add(Packet packet, bool looks) {
    if (std::exchange(running_, true)) {
      queued_ += weight(packet);
      // The thread may be woken more than once until it looks: it may have stopped since the last wake-up.
      if (!looks) return Step::kWake;
      if (queued_ < kTogether) return Step::kDefer;
    }
    queued_ = 0;
    return Step::kWrite;
  }
  // A packet was queued that leaves when the handlers have returned. Returns true when it is better written now.
  bool add_in_handler(Packet packet) {
    // Not in queued_: what leaves by itself is nothing that the end of a turn has to write.
    if (packet == Packet::kAcknowledged) in_handler_ += weight(packet);
    if (in_handler_ < kTogether) return false;
    in_handler_ = 0;
    return true;
  }
  [[nodiscard]] bool running() const { return running_; }
  // The turn is over. Returns true when some packets are not written.
  bool end() {
    running_ = false;
    return std::exchange(queued_, 0) > 0;
  }

 private:
  static constexpr int kTogether = 128;
  static int weight(Packet packet) { return packet == Packet::kAcknowledged ? 4 : 1; }

  bool running_ = false;  // this turn has queued some
  int queued_ = 0;        // not written yet, by weight
  int in_handler_ = 0;    // likewise
};

}  // namespace libmosquitto
