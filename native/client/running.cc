// loop_start(), loop_stop(), loop_forever(): a loop in the background drives the client.
#include <mutex>

#include "client/client.h"

namespace libmosquitto {

int Client::open_loop(LoopHost& host, bool delivers, BackgroundLoop::Until until) {
  drop_dial();
  loop_.open(host, delivers, until);
  // Publications in manual mode may have recorded events before.
  if (session_.has_events()) session_.owner().events_ready();
  return MOSQ_ERR_SUCCESS;
}

int Client::loop_start(bool thread) {
  if (!session_.owner().may_loop()) return MOSQ_ERR_INVAL;
  if (loop_.running() && !loop_.phase().stopping()) return MOSQ_ERR_INVAL;
  // This comes first: it throws when there is no network thread and none can be started.
  LoopHost& host = thread ? session_.owner().network_thread() : session_.owner().event_loop();
  close_loop();  // stopped already, but for its last event
  return open_loop(host, !thread, BackgroundLoop::Until::kStopped);
}

int Client::loop_forever() {
  if (loop_.running() || !session_.owner().may_loop()) return MOSQ_ERR_INVAL;
  if (!connection_.phase().begun()) return MOSQ_ERR_NO_CONN;
  return open_loop(session_.owner().event_loop(), true, BackgroundLoop::Until::kDone);
}

int Client::loop_stop(bool force) {
  if (!loop_.running() || loop_.phase().stopping()) return MOSQ_ERR_INVAL;
  bool disconnecting = false;
  {
    const std::lock_guard lock(session_.mutex());
    disconnecting = connection_.phase().leaving() && session_.has_socket();
  }
  // disconnect() followed by loop_stop() must end in on_disconnect(0). The loop goes on until the connection is closed,
  // which has a time limit.
  if (disconnecting && !force) {
    loop_.stop_when_done();
  } else {
    close_loop();
  }
  return MOSQ_ERR_SUCCESS;
}

void Client::pre_connect_done() {
  if (loop_.running()) loop_.go_ahead();
}

bool Client::close_loop_if_over() {
  if (!loop_.phase().over()) return false;
  close_loop();
  return true;
}

void Client::close_loop() {
  if (!loop_.running()) return;
  loop_.close(writer_.end_burst());
  {
    const std::lock_guard lock(session_.mutex());
    end_flushes(MOSQ_ERR_INVAL);
    loop_.end();
    connection_.resume_reading();
    drop_question();
  }
  session_.owner().loop_stopped();
}

}  // namespace libmosquitto
