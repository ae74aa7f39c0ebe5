// The life cycle of a client's loop in the background: one state, and all of its transitions.
//
//   kNone -- loop_start() --> kRunning -- loop_stop() during a disconnection --> kStopping
//   kNone -- loop_forever() --> kForever
// Each of the three has a state for a loop that has nothing left to drive: kIdle, kStopped, kForeverDone. connect()
// leads back from these. The loop of kStopped and kForeverDone is closed by the next turn of JavaScript's event loop.
#pragma once

#include <atomic>
#include <cstdint>

namespace libmosquitto {

// The client's lock guards the transitions. JavaScript's thread asks without the lock. Only finish() is called by
// another thread: a question that misses it finds the new state when the events of that step are delivered.
class LoopPhase {
 public:
  void start() { phase_ = Phase::kRunning; }
  void start_forever() { phase_ = Phase::kForever; }
  // loop_stop() while a disconnection is under way.
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
  // By loop_forever().
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
