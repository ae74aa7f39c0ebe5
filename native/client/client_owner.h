// The object that made a client, and that takes its events to JavaScript, as the client needs it.
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
  // Any thread: there are events, or the loop is over. Ends in deliver().
  virtual void events_ready() = 0;
  // JavaScript thread, within a callback of the event loop: delivers at once.
  virtual void deliver() = 0;
  // Any thread: no JavaScript runs, but perhaps that which has called this.
  [[nodiscard]] virtual bool idle() const = 0;
  // JavaScript thread: a loop may run; not once the environment ends.
  [[nodiscard]] virtual bool may_loop() const = 0;
  // JavaScript thread: calls turn_ended() before the event loop waits again.
  virtual void at_turn_end() = 0;
  // JavaScript thread, within connect() or loop(): on_pre_connect, before it returns.
  virtual void pre_connect() = 0;
  // JavaScript thread, within a call that waits: another thread is ending this one's environment.
  virtual bool ending() = 0;
  // JavaScript thread, within loop(): the SRV records of a domain are wanted.
  virtual void look_up(int32_t question, const std::string& domain) = 0;
  // JavaScript thread: from now until loop_stopped() the client is alive and
  // the process with it.
  virtual void loop_started() = 0;
  virtual void loop_stopped() = 0;
};
static_assert(kIsUniqueOwner<ClientOwner>);

}  // namespace libmosquitto
