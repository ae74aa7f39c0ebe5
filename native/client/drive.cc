// The steps that a link asks of its client, on the link's thread.
#include <cerrno>
#include <string>
#include <utility>

#include "client/client.h"
#include "client/openssl.h"
#include "client/outcome.h"
#include "system_setup.h"

namespace libmosquitto {

Client::Traffic Client::traffic_now() {
  Traffic now;
  now.fd = mosquitto_socket(handle_);
  now.undelivered = batch_.bytes();
  now.due = due();
  now.hurried = short_keepalive_;
  now.accepted = accepted_;
  if (now.fd < 0) return now;

  if (batch_.bytes() > kHighMark) paused_ = true;
  if (batch_.bytes() < kLowMark) paused_ = false;
  // The answer of on_ext_auth decides before anything else is read or sent.
  if (authenticating_) return now;
  // A disconnection is seen by reading, however much is waiting to be handled.
  const bool peer_reads = answers_waiting(handle_) == 0;
  if ((!paused_ && peer_reads) || disconnect_requested_) now.events |= UV_READABLE;
  now.waiting = input_waits_ && (now.events & UV_READABLE) != 0;
  if (wants_write()) now.events |= UV_WRITABLE;
  return now;
}

// libmosquitto asks for writability without having anything to write now: it keeps a DISCONNECT that it has sent in its
// queue, and CONNECT stands there while a TLS handshake waits for the peer. A poll would spin.
bool Client::wants_write() const {
  return mosquitto_want_write(handle_) && !disconnect_written_ && !(tls_->wanted && tls_awaits_peer(handle_));
}

Client::Traffic Client::traffic() {
  const DriverLock lock(mutex_);
  return traffic_now();
}

// Returns the code that on_disconnect was told: the library knows neither our own reason nor,
// here, the broker's.
int Client::read_now(Reads reads) {
  input_waits_ = false;
  skips_messages_ = !wanted(EventKind::kMessage) && owner_.idle();
  kept_.read_ahead.emptied = 0;
  ended_rc_ = errno = 0;
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (leaves_plain()) return ended_rc_;
  if (disconnect_requested_ && !drops_to_end()) return ended_rc_;
  if (const int heard = hear_proxy(); heard <= 0) return heard == 0 ? MOSQ_ERR_SUCCESS : ended_rc_;
  handshaking_ = in_handshake();
  // Behind a SOCKS proxy the handshake begins here.
  const auto setup = lock_tls_setup(tls_->wanted && !accepted_ && has_proxy());
  const int unread = unread_of_proxy();
  read_ends_at_ = uv_hrtime() + kReadNs;
  read_ends_with_ = batch_.appended() + kReadBytes;
  begin_read(handle_, reads == Reads::kLeftovers);
  const int rc = check_handshake(checked(mosquitto_loop_read(handle_, 1)));
  input_waits_ = end_read(handle_);
  if (hears_log_ && accepted_) follow_log();
  leave_stuck_proxy(unread);
  if (std::exchange(too_many_codes_, false) && mosquitto_socket(handle_) >= 0) abandon(MOSQ_ERR_PROTOCOL);
  return ended_rc_ != MOSQ_ERR_SUCCESS ? ended_rc_ : rc;
}

// Asked by the library's reading, now and then.
bool Client::read_enough() const { return batch_.appended() >= read_ends_with_ || uv_hrtime() >= read_ends_at_; }

Client::Traffic Client::read(Reads reads) {
  const DriverLock lock(mutex_);
  if (mosquitto_socket(handle_) < 0) return traffic_now();
  const int rc = read_now(reads);
  // A read that got less than it asked for has emptied the socket.
  const bool drained = (would_block(errno) || kept_.read_ahead.emptied != 0) && kept_.bound.over == 0;
  Traffic now = traffic_now();
  now.more = rc == MOSQ_ERR_SUCCESS && !drained && (now.events & UV_READABLE) != 0;
  return now;
}

int Client::write_now() {
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (leaves_plain()) return ended_rc_;
  const int read = read_alert();
  if (mosquitto_socket(handle_) < 0) return read;
  return write_queued();
}

int Client::write_queued() {
  handshaking_ = in_handshake();
  if (disconnect_requested_) return write_farewell();
  errno = 0;
  return checked(mosquitto_loop_write(handle_, 1));
}

Client::Traffic Client::write() {
  const DriverLock lock(mutex_);
  const bool due = !leaves_handshake() && mosquitto_socket(handle_) >= 0 && mosquitto_want_write(handle_);
  if (due && !disconnect_written_ && !authenticating_) write_now();
  return traffic_now();
}

int Client::misc_now() {
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (awaits_connack()) return check_attempt();
  if (disconnect_requested_ && mosquitto_socket(handle_) >= 0) {
    check_farewell();
    return MOSQ_ERR_SUCCESS;
  }
  if (const int rc = read_before_keepalive(); rc != MOSQ_ERR_SUCCESS) return rc;
  excuse_living_peer();
  return checked(mosquitto_loop_misc(handle_));
}

// Input that is held while on_ext_auth has not answered stands in the memory that would be freed.
void Client::shrink_now() {
  if (!authenticating_) shrink_unused(handle_);
}

Client::Traffic Client::misc() {
  const DriverLock lock(mutex_);
  if (mosquitto_socket(handle_) >= 0) misc_now();
  shrink_now();
  return traffic_now();
}

bool Client::wants_connection(DialTarget& target) {
  const DriverLock lock(mutex_);
  if (!has_target_ || disconnect_requested_) return false;
  target = dial_target();
  return true;
}

bool Client::announce_attempt(bool called_for) {
  const DriverLock lock(mutex_);
  if (!called_for && !wanted(EventKind::kPreConnect)) return false;
  return record(EventKind::kPreConnect, {});
}

uint64_t Client::attempt_failed(int rc, int error) {
  const DriverLock lock(mutex_);
  const std::string failure = remember_attempt(rc, error);
  const uint64_t delay = next_delay(false);
  log(MOSQ_LOG_WARNING, failure + ". Next attempt in " + std::to_string(delay / 1000) + " s.");
  return delay;
}

uint64_t Client::connection_lost() {
  const DriverLock lock(mutex_);
  const uint64_t delay = next_delay(accepted_);
  log(MOSQ_LOG_NOTICE,
      "The connection to " + place_of(target_) + " ended. Next attempt in " + std::to_string(delay / 1000) + " s.");
  return delay;
}

void Client::mark_done(int rc) {
  const DriverLock lock(mutex_);
  done_ = true;
  done_rc_ = rc;
  end_flushes(MOSQ_ERR_NO_CONN);
}

bool Client::stops_on_error() {
  const DriverLock lock(mutex_);
  return forever_;
}

}  // namespace libmosquitto
