#include "client/client.h"

#include <mutex>

namespace libmosquitto {
namespace {

// An empty id asks for a generated one; C asks for that by NULL.
const char* client_id_of(const std::optional<Text>& id) { return id && !id->empty() ? id->c_str() : nullptr; }

}  // namespace

Client::Client(ClientOwner& owner, const std::optional<Text>& id, bool clean_session)
    : session_(owner, client_id_of(id), clean_session, this) {
  set_callbacks();
}

Client::~Client() { destroy(); }

void Client::destroy() {
  if (session_.destroyed()) return;
  drop_dial();
  close_loop();
  const std::lock_guard lock(session_.mutex());
  session_.destroy();
  tls_.reset();
}

int Client::reinitialise(const std::optional<Text>& id, bool clean_session) {
  const char* const client_id = client_id_of(id);
  // Refused before anything is stopped or freed: the client stays unchanged.
  if (client_id == nullptr && !clean_session) return MOSQ_ERR_INVAL;
  if (!Session::is_client_id(client_id)) return MOSQ_ERR_MALFORMED_UTF8;
  drop_dial();
  close_loop();
  const std::lock_guard lock(session_.mutex());
  const int rc = session_.reinitialise(client_id, clean_session, this);
  connection_.reset();
  tls_.reset();
  proxy_.reset();
  reconnect_policy_ = ReconnectPolicy{};
  if (Publications* const publications = publications_.used()) publications->clear();
  if (ServerList* const servers = servers_.used()) servers->follow({});
  asked_.reset();
  received_ = {};
  accepted_ = 0;
  writer_.reset();
  last_mid_ = 0;
  set_callbacks();
  return rc;
}

std::string Client::last_error() {
  const std::lock_guard lock(session_.mutex());
  return session_.last_error();
}

Client::State Client::state() {
  const std::lock_guard lock(session_.mutex());
  const ConnectionPhase& phase = connection_.phase();
  const bool open = session_.has_socket();
  if (phase.leaving()) return open ? State::kDisconnecting : State::kDisconnected;
  if (open) return phase.accepted() ? State::kConnected : State::kConnecting;
  const bool dials = phase.begun() && (loop_.running() || dial_wanted_ || dial_ != nullptr);
  return dials ? State::kConnecting : State::kDisconnected;
}

void Client::listen(int32_t mask) {
  bool heard = false;
  {
    const std::lock_guard lock(session_.mutex());
    session_.listen(static_cast<uint32_t>(mask));
    connection_.follow_log();
    heard = session_.heard();
  }
  if (heard && loop_.running()) session_.owner().events_ready();
}

bool Client::take_events(EventChunk& chunk) {
  if (!session_.take(chunk)) return false;
  // The order matters: the driver first says that it pauses, and then looks at the bytes.
  if (session_.undelivered() < Session::kLowMark && connection_.reading_paused() && loop_.running()) {
    loop_.wake_anyhow();
  }
  return true;
}

// Without on_pre_connect the attempt to connect goes on without calling JavaScript.
void Client::answer_unheard(const EventChunk& chunk) {
  if ((chunk.kinds & bit_of(EventKind::kPreConnect)) != 0) pre_connect_done();
}

void Client::accepted(const mosquitto_property* properties) {
  accepted_++;
  connection_.accept(properties);
  reconnect_policy_.reset();
}

}  // namespace libmosquitto
