// loop_start(), loop_stop(), loop_forever(): a loop in the background.
#include "client/client.h"

namespace libmosquitto {

int Client::start_link(LoopHost& host, bool delivers) {
  drop_dial();
  {
    const std::lock_guard lock(mutex_);
    done_ = false;
  }
  link_ = std::make_shared<Link>(host, *this, delivers);
  owner_.loop_started();
  host.run([this] { link_->open(); });
  // Events may have been recorded before, by publications of the manual mode.
  if (has_events()) owner_.events_ready();
  return MOSQ_ERR_SUCCESS;
}

int Client::loop_start(bool thread) {
  if (!owner_.may_loop()) return MOSQ_ERR_INVAL;
  if (link_ != nullptr) {
    if (!stop_when_done_ || forever_) return MOSQ_ERR_INVAL;
  }
  // First: it throws when there is no network thread and none can be started.
  LoopHost& host = thread ? owner_.network_thread() : owner_.event_loop();
  close_link();  // stopped already, but for its last event
  return start_link(host, !thread);
}

int Client::loop_forever() {
  if (link_ != nullptr || !owner_.may_loop()) return MOSQ_ERR_INVAL;
  if (!has_target_) return MOSQ_ERR_NO_CONN;
  const int rc = start_link(owner_.event_loop(), true);
  stop_when_done_ = true;
  const std::lock_guard lock(mutex_);
  forever_ = true;
  return rc;
}

int Client::loop_stop(bool force) {
  if (link_ == nullptr || (stop_when_done_ && !forever_)) return MOSQ_ERR_INVAL;
  bool disconnecting = false;
  {
    const std::lock_guard lock(mutex_);
    disconnecting = disconnect_requested_ && mosquitto_socket(handle_) >= 0;
  }
  // disconnect(); loop_stop(); must end in on_disconnect(0): the loop goes on until
  // the connection is closed, which has a bound.
  if (disconnecting && !force) {
    stop_when_done_ = true;
  } else {
    close_link();
  }
  return MOSQ_ERR_SUCCESS;
}

void Client::pre_connect_done() {
  if (link_ == nullptr) return;
  link_->host().post([link = link_] { link->go_ahead(); });
}

bool Client::settle() {
  if (link_ == nullptr || !stop_when_done_) return false;
  {
    const std::lock_guard lock(mutex_);
    if (!done_) return false;
  }
  close_link();
  return true;
}

void Client::close_link() {
  if (link_ == nullptr) return;
  const std::shared_ptr<Link> link = std::move(link_);
  link_.reset();
  const bool unsent = burst_.end();
  link->host().run([&link, unsent] {
    if (unsent) link->run_on_loop();
    link->close();
    link->host().forget(*link);
  });
  stop_when_done_ = false;
  {
    const std::lock_guard lock(mutex_);
    end_flushes(MOSQ_ERR_INVAL);
    if (forever_) record(EventKind::kLoopEnd, {done_ ? done_rc_ : MOSQ_ERR_SUCCESS});
    forever_ = false;
    paused_ = false;
    stop_waiting_for_servers();
  }
  owner_.loop_stopped();
}

}  // namespace libmosquitto
