// A client's background loop: it begins with loop_start() or loop_forever(), and lasts until it is closed. It owns the
// link that drives the connection. JavaScript's thread calls the methods, with two exceptions: the loop's thread calls
// finish() and forever(), while the session is locked, and looked_up() when a request for SRV records could not be
// recorded.
#pragma once

#include <memory>
#include <string>

#include "client/loop_phase.h"
#include "client/session.h"
#include "driver/driven.h"
#include "unique_owner.h"

namespace libmosquitto {

class Link;
class LoopHost;

class BackgroundLoop {
 public:
  BackgroundLoop(Session& session, Driven& driven) : session_(session), driven_(driven) {}
  ~BackgroundLoop() = default;
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;

  [[nodiscard]] const LoopPhase& phase() const { return phase_; }
  [[nodiscard]] bool running() const { return link_ != nullptr; }
  // True when this loop is JavaScript's event loop. It then delivers events at once, and acknowledgements leave after
  // the handlers of their messages.
  [[nodiscard]] bool delivers() const { return delivers_; }

  enum class Until { kStopped, kDone };
  void open(LoopHost& host, bool delivers, Until until);
  // For loop_stop() during a disconnection: the loop stops when that is over.
  void stop_when_done();
  // Stops the loop for good. `run_once`: the loop first writes the queued packets. end() then records the end of
  // loop_forever(); the caller has locked the session.
  void close(bool run_once);
  void end();

  // suspend() stops polling the socket while another thread connects.
  void suspend();
  void resume();
  // Pass on an answer of JavaScript, without which the attempt to connect does not begin.
  void go_ahead();
  void looked_up(std::string failure);
  // Tells the loop that there is something to write, or that something has changed. wake() does nothing in a handler of
  // this loop, since the loop writes when the handler has returned; wake_anyhow() has no such exception.
  void wake();
  void wake_anyhow();
  // True when the loop looks at the queue within milliseconds without being woken.
  [[nodiscard]] bool looks_again() const;

  // finish(): nothing is left to drive, and loop_forever() ends with `rc`. go_on(): there is something to drive again.
  void finish(int rc);
  void go_on() { phase_.resume(); }
  [[nodiscard]] bool forever() const { return phase_.forever(); }

 private:
  Session& session_;
  Driven& driven_;
  std::shared_ptr<Link> link_;
  int done_rc_ = 0;
  LoopPhase phase_;
  bool delivers_ = false;
};
static_assert(kIsUniqueOwner<BackgroundLoop>);

}  // namespace libmosquitto
