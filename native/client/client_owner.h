// The interface through which a Client calls the object that made it. ClientWrap implements it: it delivers the
// client's events to JavaScript.
#pragma once

#include <cstdint>
#include <string>

#include "driver/loop_host.h"
#include "unique_owner.h"

namespace libmosquitto {

class ClientOwner {
 public:
  ClientOwner() = default;
  virtual ~ClientOwner() = default;
  ClientOwner(const ClientOwner&) = delete;
  ClientOwner& operator=(const ClientOwner&) = delete;

  virtual LoopHost& event_loop() = 0;
  virtual LoopHost& network_thread() = 0;
  // Any thread: there are events, or the loop is over. deliver() follows.
  virtual void events_ready() = 0;
  // JavaScript thread, within a callback of the event loop: delivers at once.
  virtual void deliver() = 0;
  // Any thread: true when no JavaScript runs, except perhaps the code that has called this.
  [[nodiscard]] virtual bool idle() const = 0;
  // JavaScript thread: false once the environment ends; no loop may start then.
  [[nodiscard]] virtual bool may_loop() const = 0;
  // JavaScript thread: has turn_ended() called before the event loop polls again.
  virtual void at_turn_end() = 0;
  // JavaScript thread, within connect() or loop(): calls on_pre_connect.
  virtual void pre_connect() = 0;
  // JavaScript thread, within a call that blocks: true when another thread is ending this environment.
  virtual bool ending() = 0;
  // JavaScript thread, within loop(): asks JavaScript for the SRV records of a domain.
  virtual void look_up(int32_t question, const std::string& domain) = 0;
  // JavaScript thread: until loop_stopped() the client is not collected, and the process stays alive.
  virtual void loop_started() = 0;
  virtual void loop_stopped() = 0;
};
static_assert(kIsUniqueOwner<ClientOwner>);

}  // namespace libmosquitto
