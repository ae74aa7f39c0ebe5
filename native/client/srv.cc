// connect_srv(): tries the servers from a domain's SRV records, one after the other, until one accepts. JavaScript asks
// for the records, with Node's resolver.
#include <mutex>
#include <optional>
#include <utility>

#include "client/client.h"
#include "driver/libc_hooks.h"

namespace libmosquitto {

int Client::connect_srv(const Text& domain, int32_t keepalive, const std::optional<Text>& bind_address) {
  if (domain.empty()) return MOSQ_ERR_INVAL;
  constexpr int kPlaceholder = 1883;  // until a record names a port
  return connect_to(Wait::kNo, domain, kPlaceholder, keepalive, bind_address, nullptr, domain);
}

// Takes the next server of the round. libmosquitto gets it too: it tells the server to a proxy, and verifies its name.
// At the end of the round, returns the number of the question to ask.
std::optional<int32_t> Client::choose_server() {
  ServerList* const servers = servers_.used();
  if (servers == nullptr || !servers->active()) return std::nullopt;
  if (!servers->has_next()) return servers->ask();
  const Server& server = servers->take();
  connection_.set_server(server.hostname, server.port);
  const std::string& address = connection_.target().bind_address;
  const char* const bind_address = address.empty() ? nullptr : address.c_str();
  const ConnectionScope scope;
  mosquitto_connect_bind_v5(session_.handle(), server.hostname.c_str(), server.port, connection_.keepalive(),
                            bind_address, nullptr);
  return std::nullopt;
}

void Client::drop_question() {
  if (ServerList* const servers = servers_.used()) servers->cancel_pending();
}

bool Client::looks_up() {
  std::optional<int32_t> question;
  {
    const DriverLock lock(session_.mutex());
    question = choose_server();
    if (!question) return false;
    const std::string& domain = servers_->domain();
    if (session_.record(look_up_record(*question, domain))) return true;
  }
  // The event was lost, so that JavaScript does not learn of the question: it counts as a failed look-up.
  servers_done(*question, mosquitto_strerror(MOSQ_ERR_NOMEM));
  return true;
}

bool Client::look_up_pending(int32_t question) {
  const std::lock_guard lock(session_.mutex());
  return !session_.destroyed() && servers_->is_pending(question);
}

void Client::server_found(int32_t question, const Text& hostname, int32_t port) {
  const std::lock_guard lock(session_.mutex());
  if (servers_->is_pending(question)) servers_.use().add({hostname, port});
}

void Client::servers_done(int32_t question, const std::optional<Text>& failure) {
  {
    const std::lock_guard lock(session_.mutex());
    if (!servers_->is_pending(question)) return;
    drop_question();
  }
  std::string reason = failure.value_or("");
  if (loop_.running()) {
    loop_.looked_up(std::move(reason));
  } else if (reason.empty()) {
    dial_wanted_ = true;
  } else {
    // The next loop() reports this as a failed attempt.
    writer_.set_result(MOSQ_ERR_LOOKUP);
  }
}

uint64_t Client::look_up_failed(const std::string& failure) {
  const DriverLock lock(session_.mutex());
  const uint64_t delay = reconnect_policy_.next_delay_ms();
  session_.set_last_error(failure);
  return log_delay(MOSQ_LOG_WARNING, failure + ".", delay);
}

// A connection that was accepted ends its round: the next attempt looks the servers up again.
void Client::end_round(bool accepted) {
  if (ServerList* const servers = servers_.used(); servers != nullptr && accepted) servers->restart();
}

// The next server of the round follows at once; the next round after a delay.
uint64_t Client::next_delay(bool accepted) {
  end_round(accepted);
  return servers_->has_next() ? 0 : reconnect_policy_.next_delay_ms();
}

}  // namespace libmosquitto
