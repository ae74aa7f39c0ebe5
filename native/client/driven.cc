// Client's implementation of Driven: the link calls these methods on its thread.
#include <string>
#include <utility>

#include "client/client.h"
#include "client/outcome.h"
#include "system_setup.h"

namespace libmosquitto {

Traffic Client::traffic() {
  const DriverLock lock(session_.mutex());
  return connection_.traffic(session_.due());
}

Traffic Client::read(Reads reads) {
  const DriverLock lock(session_.mutex());
  if (!session_.has_socket()) return connection_.traffic(session_.due());
  const int rc = connection_.read(reads);
  // A read that got less than it asked for has emptied the socket.
  const bool drained = connection_.drained();
  Traffic now = connection_.traffic(session_.due());
  now.more = rc == MOSQ_ERR_SUCCESS && !drained && (now.events & UV_READABLE) != 0;
  return now;
}

Traffic Client::write() {
  const DriverLock lock(session_.mutex());
  connection_.write_if_due();
  return connection_.traffic(session_.due());
}

Traffic Client::tick() {
  const DriverLock lock(session_.mutex());
  if (session_.has_socket()) connection_.tick();
  connection_.shrink();
  return connection_.traffic(session_.due());
}

bool Client::wants_connection(DialTarget& target) {
  const DriverLock lock(session_.mutex());
  if (!connection_.phase().begun() || connection_.phase().leaving()) return false;
  target = connection_.dial_target();
  return true;
}

bool Client::announce_attempt(bool called_for) {
  const DriverLock lock(session_.mutex());
  if (!called_for && !session_.wanted(EventKind::kPreConnect)) return false;
  return session_.record(pre_connect_record());
}

Dialled Client::dialled(DialResult result) {
  const DriverLock lock(session_.mutex());
  int error = 0;
  const int rc = adopt(std::move(result), error);
  if (rc == MOSQ_ERR_SUCCESS) return {Dialled::Kind::kConnected};
  if (rc == MOSQ_ERR_NO_CONN) return {Dialled::Kind::kDropped};
  // Options that contradict each other fail again in each attempt; loop_forever() ends with the code.
  const bool final = rc == MOSQ_ERR_INVAL || rc == MOSQ_ERR_NOT_SUPPORTED || rc == MOSQ_ERR_NOMEM;
  if (final && loop_.forever()) {
    finish_loop(rc);
    return {Dialled::Kind::kFinal};
  }
  return {Dialled::Kind::kRetry, delay_after_failure(rc, error)};
}

uint64_t Client::delay_after_failure(int rc, int error) {
  const std::string failure = connection_.remember_attempt(rc, error);
  return log_delay(MOSQ_LOG_WARNING, failure + ".", next_delay(false));
}

uint64_t Client::connection_lost() {
  const DriverLock lock(session_.mutex());
  const uint64_t delay = next_delay(connection_.phase().accepted());
  return log_delay(MOSQ_LOG_NOTICE, "The connection to " + place_of(connection_.target()) + " ended.", delay);
}

uint64_t Client::log_delay(int level, const std::string& reason, uint64_t delay_ms) {
  session_.log(level, reason + " Next attempt in " + std::to_string(delay_ms / 1000) + " s.");
  return delay_ms;
}

void Client::finished() {
  const DriverLock lock(session_.mutex());
  finish_loop(MOSQ_ERR_SUCCESS);
}

// The caller has locked the session.
void Client::finish_loop(int rc) {
  loop_.finish(rc);
  end_flushes(MOSQ_ERR_NO_CONN);
}

void Client::deliver() { session_.owner().deliver(); }

void Client::events_ready() { session_.owner().events_ready(); }

void Client::forget_unheard() { session_.forget_unheard(); }

}  // namespace libmosquitto
