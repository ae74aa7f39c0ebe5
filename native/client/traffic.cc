// The steps by which the driver moves a connection: read, write, and tick, which checks the time.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "client/client_owner.h"
#include "client/connection.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {

Traffic Connection::traffic(bool due) {
  Traffic now;
  now.fd = session_.socket();
  now.undelivered = session_.undelivered();
  now.due = due;
  now.hurried = short_keepalive_;
  now.accepted = phase_.accepted();
  if (now.fd < 0) return now;

  if (now.undelivered > Session::kHighMark) paused_ = true;
  if (now.undelivered < Session::kLowMark) paused_ = false;
  // The answer of on_ext_auth comes before anything else is read or sent.
  if (authenticating_) return now;
  // Only reading shows a disconnection, however much is undelivered.
  const bool peer_reads = queued_answers(session_.handle()) == 0;
  if ((!paused_ && peer_reads) || phase_.leaving()) now.events |= UV_READABLE;
  now.buffered = has_buffered_input_ && (now.events & UV_READABLE) != 0;
  if (wants_write()) now.events |= UV_WRITABLE;
  return now;
}

bool Connection::drained() {
  return (would_block(errno) || session_.state().read_ahead.emptied != 0) && session_.state().bound.over == 0;
}

bool Connection::may_write_directly() const { return phase_.accepted() && !phase_.leaving() && !authenticating_; }

bool Connection::write_directly() { return may_write_directly() && libmosquitto::write_directly(session_.handle()); }

bool Connection::takes_input() const { return phase_.leaving() || queued_answers(session_.handle()) == 0; }

// libmosquitto asks for writability without having anything to write now. A DISCONNECT that it has sent stays in its
// queue, and so does CONNECT while a TLS handshake waits for the peer. A poll would spin.
bool Connection::wants_write() const {
  return mosquitto_want_write(session_.handle()) && !phase_.left() &&
         !(tls_.tls_wanted() && tls_awaits_peer(session_.handle()));
}

// Returns the code that on_disconnect was told: the library knows neither our own reason nor, here, the broker's.
int Connection::read(Reads reads) {
  has_buffered_input_ = false;
  skips_messages_ = !session_.wanted(EventKind::kMessage) && session_.owner().idle();
  session_.state().read_ahead.emptied = 0;
  ended_rc_ = errno = 0;
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (leaves_plain()) return ended_rc_;
  if (phase_.leaving() && !drops_to_end()) return ended_rc_;
  switch (proxy_.look_at_reply()) {
    case Proxy::Reply::kMissing:
      return MOSQ_ERR_SUCCESS;
    case Proxy::Reply::kRefuses:
      abandon(MOSQ_ERR_AUTH);
      return ended_rc_;
    case Proxy::Reply::kReadable:
      break;
  }
  was_in_handshake_ = in_handshake();
  // Behind a SOCKS proxy the TLS handshake begins here.
  const auto setup = lock_tls_setup(tls_.tls_wanted() && !phase_.accepted() && proxy_.configured());
  const int unread = phase_.accepted() ? 0 : proxy_.unread();
  read_ends_at_ = uv_hrtime() + kReadNs;
  read_ends_with_ = session_.appended() + kReadBytes;
  begin_read(session_.handle(), reads == Reads::kLeftovers);
  const int rc = check_handshake(session_.checked(mosquitto_loop_read(session_.handle(), 1)));
  has_buffered_input_ = end_read(session_.handle());
  if (hears_log_ && phase_.accepted()) follow_log();
  if (!phase_.accepted() && proxy_.is_stuck(unread)) abandon(MOSQ_ERR_PROXY);
  if (session_.take_refusal() && session_.has_socket()) abandon(MOSQ_ERR_PROTOCOL);
  return ended_rc_ != MOSQ_ERR_SUCCESS ? ended_rc_ : rc;
}

// The library's reading asks this from time to time.
bool Connection::read_enough() const { return session_.appended() >= read_ends_with_ || uv_hrtime() >= read_ends_at_; }

int Connection::write() {
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (leaves_plain()) return ended_rc_;
  const int rc = read_alert();
  if (!session_.has_socket()) return rc;
  return write_queued();
}

void Connection::write_if_due() {
  const bool due = !leaves_handshake() && session_.has_socket() && mosquitto_want_write(session_.handle());
  if (due && !phase_.left() && !authenticating_) write();
}

int Connection::write_queued() {
  was_in_handshake_ = in_handshake();
  if (phase_.leaving()) return write_farewell();
  errno = 0;
  return session_.checked(mosquitto_loop_write(session_.handle(), 1));
}

int Connection::tick() {
  if (leaves_handshake()) return MOSQ_ERR_SUCCESS;
  if (awaits_connack()) return check_attempt();
  if (phase_.leaving() && session_.has_socket()) {
    check_farewell();
    return MOSQ_ERR_SUCCESS;
  }
  if (const int rc = read_before_keepalive(); rc != MOSQ_ERR_SUCCESS) return rc;
  excuse_living_peer();
  return session_.checked(mosquitto_loop_misc(session_.handle()));
}

// Input that is put aside until on_ext_auth has answered is in the memory that would be freed.
void Connection::shrink() {
  if (!authenticating_) shrink_unused(session_.handle());
}

// Called inside a read, for a message that nobody listens to. A turn of the event loop may begin while the read goes
// on, and messages of that turn are recorded. The state of JavaScript is therefore checked again whenever bytes came.
bool Connection::skips_message() {
  if (!skips_messages_ || session_.heard()) return false;
  if (!kTellsArrival || std::exchange(session_.state().arrived, 0) != 0) skips_messages_ = session_.owner().idle();
  return skips_messages_;
}

void Connection::follow_log() {
  // last_error needs the library's lines about TLS, which come before CONNACK.
  const bool hears = session_.wanted(EventKind::kLog) || (tls_.tls_wanted() && !phase_.accepted());
  if (hears == hears_log_) return;
  hears_log_ = hears;
  mosquitto_log_callback_set(session_.handle(), hears ? kLogCallback : nullptr);
}

uint64_t Connection::unreleased_limit(uint16_t receive_maximum) const {
  const uint64_t messages = std::max(receive_maximum, kReceiveMaximum);
  return std::min(messages * packet_limit_, kUnreleasedLimit);
}

}  // namespace libmosquitto
