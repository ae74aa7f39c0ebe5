#include "client/writer.h"

#include <mutex>

#include "client/client_owner.h"

namespace libmosquitto {

int Writer::threaded_set(bool threaded) {
  threaded_ = threaded;
  return MOSQ_ERR_SUCCESS;
}

void Writer::reset() {
  threaded_ = false;
  result_ = MOSQ_ERR_SUCCESS;
}

Writer::Policy Writer::policy() const {
  if (loop_.running()) return loop_.delivers() ? Policy::kEventLoop : Policy::kNetworkThread;
  return threaded_ ? Policy::kCallerThreaded : Policy::kCaller;
}

void Writer::packet_queued(SendBurst::Packet packet) {
  switch (policy()) {
    case Policy::kNetworkThread:
      write_in_groups(packet);
      break;
    case Policy::kEventLoop:
      loop_.wake();
      write_ahead(packet);
      break;
    case Policy::kCaller:
      // In a handler later: an acknowledgement must not leave before its message's handler has returned.
      if (delivering_) {
        write_ahead(packet);
      } else {
        write_at_once();
      }
      break;
    case Policy::kCallerThreaded:
      break;
  }
}

void Writer::write_in_groups(SendBurst::Packet packet) {
  if (!burst_.running()) session().owner().at_turn_end();
  const SendBurst::Step step = burst_.add(packet, loop_.looks_again());
  if (step == SendBurst::Step::kWrite) write_beside();
  if (step == SendBurst::Step::kWake) loop_.wake_anyhow();
}

// A large group is written before the handlers have returned. The write that follows them meets any failure again.
void Writer::write_ahead(SendBurst::Packet packet) {
  if (!burst_.add_in_handler(packet)) return;
  const std::lock_guard lock(session().mutex());
  if (!session().owes_handlers()) connection_.write_directly();
}

void Writer::write_at_once() {
  const std::lock_guard lock(session().mutex());
  if (!session().has_socket()) return;
  const int rc = connection_.write();
  if (rc != MOSQ_ERR_SUCCESS) result_ = rc;
}

// Writes beside a network thread, which does the rest: errors, TLS, and what the socket does not take.
void Writer::write_beside() {
  bool recorded = false;
  bool done = false;
  {
    const std::lock_guard lock(session().mutex());
    // The network thread reads the input behind an AUTH packet, after the answer to that.
    done = connection_.write_directly() && !connection_.has_buffered_input();
    recorded = session().due();
  }
  if (!done) loop_.wake_anyhow();
  // A running delivery looks for more events when it has ended.
  if (recorded && !delivering_) session().owner().events_ready();
}

void Writer::turn_ended() {
  if (burst_.end() && policy() == Policy::kNetworkThread) write_beside();
  session().forget_unheard();
}

}  // namespace libmosquitto
