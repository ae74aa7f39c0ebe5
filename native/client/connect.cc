// connect(), reconnect(), their asynchronous forms, and disconnect().
#include "client/client.h"

#include <mutex>
#include <utility>

#include "driver/libc_hooks.h"

namespace libmosquitto {

// Lets libmosquitto check and store its arguments, and close the old connection, without connecting. A Dialer makes the
// connection, which the handle then adopts.
template <typename Call>
int Client::declare(const DialTarget& target, Call call) {
  const std::lock_guard lock(session_.mutex());
  if (tls_.lacks(target.port)) return MOSQ_ERR_TLS;
  // libmosquitto closes a connection that disconnect() is ending without telling anybody. Its on_disconnect is still
  // due, and so is DISCONNECT, without which the broker publishes the will.
  const auto leaves = [this] { return connection_.phase().leaving() && session_.has_socket(); };
  if (leaves()) connection_.write();
  const bool leaving = leaves();
  const ConnectionScope scope;
  const int rc = call();
  if (!scope.reached()) return session_.checked(rc);
  if (leaving) session_.record(disconnect_record(MOSQ_ERR_SUCCESS, {}));
  connection_ended();
  drop_dial();
  connection_.declare(target);
  writer_.set_result(MOSQ_ERR_SUCCESS);  // the last connection's
  loop_.go_on();
  reconnect_policy_.reset();
  return MOSQ_ERR_SUCCESS;
}

class Client::Suspension {
 public:
  explicit Suspension(Client& client) : client_(client) {
    // libmosquitto may close the socket next: the loop stops polling it first.
    if (client_.loop_.running()) client_.loop_.suspend();
  }
  ~Suspension() {
    if (!client_.loop_.running()) return;
    client_.loop_.resume();
    if (client_.session_.has_events()) client_.session_.owner().events_ready();
  }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 private:
  Client& client_;
};

int Client::establish(Wait wait) {
  // A loop that only completed its disconnection has nothing left to do.
  if (loop_.phase().stopping()) close_loop();
  int rc = MOSQ_ERR_SUCCESS;
  if (wait == Wait::kYes) {
    if (session_.wanted(EventKind::kPreConnect)) session_.owner().pre_connect();
    // on_pre_connect may do anything, so it may destroy the client.
    if (session_.destroyed()) return MOSQ_ERR_INVAL;
    const std::shared_ptr<DialJob> dial = DialJob::start(session_.owner().network_thread(), connection_.dial_target());
    std::optional<DialResult> result = await(*dial, std::nullopt);
    if (!result) {
      dial->cancel();
      return MOSQ_ERR_NO_CONN;
    }
    rc = finish_dial(std::move(*result));
  } else {
    // The first step of the caller's own loop begins the attempt; a loop in the background begins it by itself.
    dial_wanted_ = !loop_.running();
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
  if (!kRepairsSocks && properties != nullptr && proxy_.configured()) return MOSQ_ERR_NOT_SUPPORTED;
  const Suspension suspension(*this);
  // Without a new bind address libmosquitto uses the earlier one.
  const DialTarget target{hostname, port, bind_address.value_or(connection_.target().bind_address)};
  const int rc = declare(target, [&] {
    return mosquitto_connect_bind_v5(session_.handle(), hostname.c_str(), port, keepalive, c_string(bind_address),
                                     properties);
  });
  if (rc == MOSQ_ERR_SUCCESS) {
    connection_.set_keepalive(keepalive);
    if (ServerList* const servers = domain.empty() ? servers_.used() : &servers_.use()) servers->follow(domain);
  }
  return rc == MOSQ_ERR_SUCCESS ? establish(wait) : rc;
}

int Client::connect_again(Wait wait) {
  {
    const std::lock_guard lock(session_.mutex());
    if (!connection_.phase().begun()) return MOSQ_ERR_INVAL;
    // A name server's answer needs the event loop, which a blocking call does not run.
    const bool unknown = servers_->active() && !servers_->has_next() && !servers_->known();
    if (wait == Wait::kYes && unknown) return MOSQ_ERR_INVAL;
  }
  const Suspension suspension(*this);
  drop_question();
  end_round(connection_.phase().accepted());
  int rc = declare(DialTarget(connection_.target()), [&] { return mosquitto_reconnect(session_.handle()); });
  if (rc == MOSQ_ERR_SUCCESS && wait == Wait::kYes && servers_->has_next()) {
    const std::lock_guard lock(session_.mutex());
    choose_server();
  }
  return rc == MOSQ_ERR_SUCCESS ? establish(wait) : rc;
}

// The caller has locked the session.
int Client::adopt(DialResult result, int& error) {
  error = result.error;
  if (result.rc != MOSQ_ERR_SUCCESS) return result.rc;
  int rc = connection_.may_adopt();
  if (rc == MOSQ_ERR_SUCCESS) {
    // Nothing is left of the last connection, unless the library has ended it without a word.
    connection_ended();
    rc = connection_.adopt(std::move(result));
  }
  error = session_.last_errno();
  return rc;
}

// Applies the outcome of an attempt that blocks its caller.
int Client::finish_dial(DialResult result) {
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    int error = 0;
    rc = adopt(std::move(result), error);
    if (rc != MOSQ_ERR_SUCCESS) connection_.remember_attempt(rc, error);
  }
  if (rc == MOSQ_ERR_SUCCESS) writer_.packet_queued();
  return rc;
}

int Client::disconnect(int32_t reason_code, const Properties<CMD_DISCONNECT>& properties) {
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    rc = connection_.disconnect(reason_code, properties.get());
    if (rc != MOSQ_ERR_SUCCESS && rc != MOSQ_ERR_NO_CONN) return rc;
    drop_dial();
    drop_question();
  }
  writer_.packet_queued();
  return rc;
}

void Client::drop_dial() {
  dial_wanted_ = false;
  if (dial_ == nullptr) return;
  dial_->cancel();
  dial_.reset();
}

}  // namespace libmosquitto
