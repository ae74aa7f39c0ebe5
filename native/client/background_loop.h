// The loop that drives a client in the background, from loop_start() or loop_forever() until it is closed.
// JavaScript's thread uses it. The loop's thread calls finish() and forever(), with the session's lock held, and
// looked_up() for a question that could not be recorded.
#pragma once

#include <memory>
#include <string>

#include "client/client_owner.h"
#include "client/loop_phase.h"
#include "client/session.h"
#include "driver/driven.h"
#include "unique_owner.h"

namespace libmosquitto {

class Link;
class LoopHost;

class BackgroundLoop {
 public:
  BackgroundLoop(Session& session, Driven& driven, ClientOwner& owner)
      : session_(session), driven_(driven), owner_(owner) {}
  ~BackgroundLoop() = default;
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;

  [[nodiscard]] const LoopPhase& phase() const { return phase_; }
  [[nodiscard]] bool running() const { return link_ != nullptr; }
  // The loop is the event loop: it delivers events at once, and acknowledgements leave after their handlers.
  [[nodiscard]] bool delivers() const { return delivers_; }

  enum class Until { kStopped, kDone };
  void open(LoopHost& host, bool delivers, Until until);
  // loop_stop() while a disconnection is under way.
  void stop_when_done();
  // Stops the loop for good. `run_once`: the loop writes what is queued before that. end() then records the end of
  // loop_forever(), with the session's lock held.
  void close(bool run_once);
  void end();

  // While another thread connects.
  void suspend();
  void resume();
  // Answers of JavaScript that an attempt to connect needs.
  void go_ahead();
  void looked_up(std::string failure);
  // Something is to be written, or has changed. wake() does nothing in a handler of this loop, since the loop writes
  // when the handler has returned; wake_anyhow() has no such exception.
  void wake();
  void wake_anyhow();
  // The loop looks within milliseconds without being woken.
  [[nodiscard]] bool looks_again() const;

  // Nothing is left to drive, with this code for loop_forever(); and the contrary.
  void finish(int rc);
  void go_on() { phase_.resume(); }
  [[nodiscard]] bool forever() const { return phase_.forever(); }

 private:
  Session& session_;
  Driven& driven_;
  ClientOwner& owner_;
  std::shared_ptr<Link> link_;
  LoopPhase phase_;
  int done_rc_ = 0;
  bool delivers_ = false;
};
static_assert(kIsUniqueOwner<BackgroundLoop>);

}  // namespace libmosquitto
