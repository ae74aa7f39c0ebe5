// The state of a client's background loop, from loop_start() or loop_forever() until it is closed.
//
//   kNone -- loop_start() --> kRunning -- loop_stop() during a disconnection --> kStopping
//   kNone -- loop_forever() --> kForever
// Each of the three has a state for a loop that has nothing left to drive: kIdle, kStopped, kForeverDone. connect()
// leads back from these. The next turn of JavaScript's event loop closes a loop in kStopped or kForeverDone.
#pragma once

#include <atomic>
#include <cstdint>

namespace libmosquitto {

// The client's lock guards the transitions. JavaScript's thread reads the state without the lock. Only finish() is
// called by another thread: when JavaScript reads the old state, it reads the new one when the events of that step are
// delivered.
class LoopPhase {
 public:
  void start() { phase_ = Phase::kRunning; }
  void start_forever() { phase_ = Phase::kForever; }
  // For loop_stop() during a disconnection.
  void stop_when_done() {
    if (phase_ == Phase::kRunning) phase_ = Phase::kStopping;
    if (phase_ == Phase::kIdle) phase_ = Phase::kStopped;
  }
  // Nothing is left to drive.
  void finish() {
    switch (phase_) {
      case Phase::kRunning:
        phase_ = Phase::kIdle;
        break;
      case Phase::kStopping:
        phase_ = Phase::kStopped;
        break;
      case Phase::kForever:
        phase_ = Phase::kForeverDone;
        break;
      default:
        break;
    }
  }
  // connect() or reconnect(): there is something to drive again.
  void resume() {
    switch (phase_) {
      case Phase::kIdle:
        phase_ = Phase::kRunning;
        break;
      case Phase::kStopped:
        phase_ = Phase::kStopping;
        break;
      case Phase::kForeverDone:
        phase_ = Phase::kForever;
        break;
      default:
        break;
    }
  }
  void close() { phase_ = Phase::kNone; }

  // loop_stop() was called, and the loop goes on until the disconnection is over.
  [[nodiscard]] bool stopping() const { return phase_ == Phase::kStopping || phase_ == Phase::kStopped; }
  // loop_forever() has started this loop.
  [[nodiscard]] bool forever() const { return phase_ == Phase::kForever || phase_ == Phase::kForeverDone; }
  // Nothing is left to drive.
  [[nodiscard]] bool done() const {
    return phase_ == Phase::kIdle || phase_ == Phase::kStopped || phase_ == Phase::kForeverDone;
  }
  // Nothing is left to drive, and the next turn of the event loop closes the loop.
  [[nodiscard]] bool over() const { return phase_ == Phase::kStopped || phase_ == Phase::kForeverDone; }

 private:
  enum class Phase : uint8_t { kNone, kRunning, kIdle, kStopping, kStopped, kForever, kForeverDone };
  std::atomic<Phase> phase_{Phase::kNone};
};

}  // namespace libmosquitto
