#include "client/client.h"

#include <utility>

namespace libmosquitto {

// Lets libmosquitto check and store its arguments, and close what was open, without
// connecting: the connection is made by a Dialer, and adopted.
template <typename Call>
int Client::declare(const DialTarget& target, Call call) {
  const std::lock_guard lock(mutex_);
  if (lacks_tls(target.port)) return MOSQ_ERR_TLS;
  // A connection that disconnect() is ending goes without a word; its confirmation is
  // still due, and DISCONNECT, without which the broker publishes the will.
  if (disconnect_requested_ && mosquitto_socket(handle_) >= 0) write_now();
  const bool leaving = disconnect_requested_ && mosquitto_socket(handle_) >= 0;
  const ConnectionScope scope;
  const int rc = call();
  if (!scope.reached()) return checked(rc);
  if (leaving) record(EventKind::kDisconnect, {MOSQ_ERR_SUCCESS, 0});
  drop_dial();
  has_target_ = true;
  target_ = target;
  write_rc_ = MOSQ_ERR_SUCCESS;  // the last connection's
  accepted_ = disconnect_requested_ = disconnect_written_ = leaves_early_ = done_ = authenticating_ = false;
  reconnect_policy_.reset();
  return MOSQ_ERR_SUCCESS;
}

class Client::Suspension {
 public:
  explicit Suspension(Client& client) : client_(client) { client_.let_go(); }
  ~Suspension() { client_.go_on(); }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 private:
  Client& client_;
};

// Before libmosquitto may close the socket: nobody watches it any more.
void Client::let_go() {
  if (link_ != nullptr) link_->host().run([this] { link_->suspend(); });
}

// After it, connected or not: a loop in the background takes over.
void Client::go_on() {
  if (link_ == nullptr) return;
  link_->host().run([this] { link_->resume(); });
  if (has_events()) owner_.events_ready();
}

int Client::establish(Wait wait) {
  // A loop that only waited for its disconnection has nothing to wait for any more.
  if (link_ != nullptr && stop_when_done_ && !forever_) close_link();
  int rc = MOSQ_ERR_SUCCESS;
  if (wait == Wait::kYes) {
    if (wanted(EventKind::kPreConnect)) owner_.pre_connect();
    // on_pre_connect may do anything, so also that.
    if (handle_ == nullptr) return MOSQ_ERR_INVAL;
    const std::shared_ptr<DialJob> dial = DialJob::start(owner_.network_thread(), dial_target());
    std::optional<DialResult> result = await(*dial, std::nullopt);
    if (!result) {
      dial->cancel();
      return MOSQ_ERR_NO_CONN;
    }
    rc = take_up(std::move(*result));
  } else {
    // Begun by the first step of the caller's own loop; a loop in the background
    // dials by itself.
    dial_wanted_ = link_ == nullptr;
  }
  return rc;
}

int Client::connect(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
                    const Properties<CMD_CONNECT>& properties) {
  return connect_to(Wait::kYes, hostname, port, keepalive, bind_address, properties.get());
}

int Client::connect_async(const Text& hostname, int32_t port, int32_t keepalive,
                          const std::optional<Text>& bind_address, const Properties<CMD_CONNECT>& properties) {
  return connect_to(Wait::kNo, hostname, port, keepalive, bind_address, properties.get());
}

int Client::reconnect() { return connect_again(Wait::kYes); }

int Client::reconnect_async() { return connect_again(Wait::kNo); }

int Client::connect_to(Wait wait, const Text& hostname, int port, int keepalive,
                       const std::optional<Text>& bind_address, const mosquitto_property* properties,
                       const std::string& domain) {
  if (!kMendsSocks && properties != nullptr && has_proxy()) return MOSQ_ERR_NOT_SUPPORTED;
  const Suspension suspension(*this);
  // Without a new one libmosquitto keeps the bind address that it was given before.
  const DialTarget target{hostname, port, bind_address.value_or(target_.bind_address)};
  const int rc = declare(target, [&] {
    return mosquitto_connect_bind_v5(handle_, hostname.c_str(), port, keepalive, c_string(bind_address), properties);
  });
  if (rc == MOSQ_ERR_SUCCESS) {
    keepalive_ = static_cast<uint16_t>(keepalive);
    if (ServerList* const servers = domain.empty() ? servers_.used() : &servers_.use()) servers->follow(domain);
  }
  return rc == MOSQ_ERR_SUCCESS ? establish(wait) : rc;
}

int Client::connect_again(Wait wait) {
  if (!has_target_) return MOSQ_ERR_INVAL;
  if (wait == Wait::kYes) {
    const std::lock_guard lock(mutex_);
    // A name server answers the event loop only.
    if (servers_->active() && !servers_->has_next() && !servers_->known()) return MOSQ_ERR_INVAL;
  }
  const Suspension suspension(*this);
  stop_waiting_for_servers();
  if (ServerList* const servers = servers_.used(); servers != nullptr && accepted_) servers->restart();
  int rc = declare(DialTarget(target_), [&] { return mosquitto_reconnect(handle_); });
  if (rc == MOSQ_ERR_SUCCESS && wait == Wait::kYes && servers_->has_next()) {
    const std::lock_guard lock(mutex_);
    choose_server();
  }
  return rc == MOSQ_ERR_SUCCESS ? establish(wait) : rc;
}

// The outcome of an attempt that the caller waits for.
int Client::take_up(DialResult result) {
  const bool dialled = result.rc == MOSQ_ERR_SUCCESS;
  const int error = result.error;
  const int rc = dialled ? adopt(std::move(result)) : result.rc;
  if (rc == MOSQ_ERR_SUCCESS) {
    push_out();
    return rc;
  }
  const std::lock_guard lock(mutex_);
  remember_attempt(rc, dialled ? last_errno_.load() : error);
  return rc;
}

int Client::adopt(DialResult connected) {
  const DriverLock lock(mutex_);
  // disconnect() came while the connection was being made.
  if (disconnect_requested_) return MOSQ_ERR_NO_CONN;
  // Settings may have changed since connect(): asked here, for every kind of connection.
  if (lacks_tls(target_.port)) return MOSQ_ERR_TLS;
  began_plain_ = !tls_->wanted;
  await_proxy(connected.fd.get());
  const ConnectionScope scope(std::move(connected.fd));
  begin_attempt(connected.begun);
  accepted_ = disconnect_written_ = leaves_early_ = authenticating_ = false;
  drop_unwritten();
  aliases_.reset();
  forget_outgoing_aliases(handle_);
  closing_rc_ = 0;
  end_remembered_ = false;
  if (TlsSettings* const tls = tls_.used()) tls->begin_connection();
  held_length_ = 0;
  input_waits_ = false;
  prepare_connection(handle_, send_maximum_, keepalive_);
  if (const int rc = renew_tls_settings(); rc != MOSQ_ERR_SUCCESS) return rc;
  follow_log();
  const auto setup = lock_tls_setup(tls_->wanted);
  const int rc = checked(mosquitto_reconnect(handle_));
  remember_tls_settings(rc);
  if (rc != MOSQ_ERR_TLS || !scope.handshake_begun()) return rc;
  // The connection was there, and has ended: as it would a moment later.
  tell_end(rc);
  return MOSQ_ERR_SUCCESS;
}

int Client::disconnect(int32_t reason_code, const Properties<CMD_DISCONNECT>& properties) {
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(mutex_);
    const bool connected = mosquitto_socket(handle_) >= 0;
    if (connected && properties.get() != nullptr && is_oversize(handle_, 1, properties.get()))
      return MOSQ_ERR_OVERSIZE_PACKET;
    const bool early = before_connect();
    rc = checked(mosquitto_disconnect_v5(handle_, reason_code, properties.get()));
    // Refused for its arguments: nothing has changed.
    if (rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_NO_CONN) return rc;
    drop_dial();
    if (!disconnect_requested_) extend_farewell();
    disconnect_requested_ = true;
    leaves_early_ = leaves_early_ || early;
    stop_waiting_for_servers();
  }
  push_out();
  return rc;
}

// The place to which connections really go.
DialTarget Client::dial_target() const {
  DialTarget target = target_;
  if (has_proxy()) {
    target.hostname = proxy_->address.hostname;
    target.port = proxy_->address.port;
  }
  target.timeout = connect_timeout_;
  return target;
}

void Client::drop_dial() {
  dial_wanted_ = false;
  if (dial_ == nullptr) return;
  dial_->cancel();
  dial_.reset();
}

}  // namespace libmosquitto
