// One MQTT client, as the methods of mosquitto.h see it. It consists of a session (handle, lock, events), the
// settings of TLS and of a proxy, a connection, a writer and a background loop. It makes the connections itself. It
// knows nothing of Node-API.
//
// Threads: JavaScript calls the methods, except those of Driven, which run on the link's loop. Each of these locks the
// session for one bounded piece of work, so that neither thread is blocked long. The methods for the library's
// callbacks run while the session is locked.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "client/background_loop.h"
#include "client/client_owner.h"
#include "client/connection.h"
#include "client/proxy.h"
#include "client/publications.h"
#include "client/rare.h"
#include "client/server_list.h"
#include "client/session.h"
#include "client/tls_settings.h"
#include "client/writer.h"
#include "convert/parameters.h"
#include "driver/dial_job.h"
#include "driver/driven.h"
#include "driver/reconnect_policy.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class Client final : private Driven, private ConnectionListener {
 public:
  // Throws std::system_error with the OS error where mosquitto_new() returns NULL.
  Client(ClientOwner& owner, const std::optional<Text>& id, bool clean_session);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Session& session() { return session_; }
  Connection& connection() { return connection_; }
  TlsSettings& tls() { return tls_; }
  Writer& writer() { return writer_; }
  [[nodiscard]] const BackgroundLoop& loop() const { return loop_; }
  // Returns the part of the client that implements a method of JavaScript.
  template <typename Part>
  Part& part() {
    if constexpr (std::is_same_v<Part, TlsSettings>) {
      return tls_;
    } else if constexpr (std::is_same_v<Part, Proxy>) {
      return proxy_;
    } else if constexpr (std::is_same_v<Part, Writer>) {
      return writer_;
    } else {
      return *this;
    }
  }

  // JavaScript calls the methods from here to loop_forever(), in the order of mosquitto.h. Their parameters have the
  // types of convert/parameters.h. TlsSettings, Proxy and Writer implement further methods.
  int reinitialise(const std::optional<Text>& id, bool clean_session);
  void destroy();

  // connect.cc
  int connect(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
              const Properties<CMD_CONNECT>& properties);
  int connect_async(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
                    const Properties<CMD_CONNECT>& properties);
  int reconnect();
  int reconnect_async();
  int disconnect(int32_t reason_code, const Properties<CMD_DISCONNECT>& properties);

  // srv.cc
  int connect_srv(const Text& domain, int32_t keepalive, const std::optional<Text>& bind_address);
  // JavaScript's answer to the pending question about SRV records: each server, then the end, with the reason of a
  // failure. The first returns false for a question that is not pending.
  bool look_up_pending(int32_t question);
  void server_found(int32_t question, const Text& hostname, int32_t port);
  void servers_done(int32_t question, const std::optional<Text>& failure);

  // publish.cc, subscribe.cc, settings.cc, options.cc
  int publish(const Text& topic, const Payload& message, int32_t qos, bool retain,
              const Properties<CMD_PUBLISH>& message_properties);
  int subscribe(const std::vector<Text>& topics, int32_t qos, int32_t options,
                const Properties<CMD_SUBSCRIBE>& properties);
  int unsubscribe(const std::vector<Text>& topics, const Properties<CMD_UNSUBSCRIBE>& properties);
  // Takes `properties` over when it succeeds, as in C.
  int will_set(const Text& topic, const Payload& message, int32_t qos, bool retain, Properties<CMD_WILL>& properties);
  int will_clear();
  int username_pw_set(const std::optional<Text>& username, const TextOrBytes& password);
  int ext_auth_continue(const Text& method, const Payload& payload, const Properties<CMD_AUTH>& properties);
  // The result of on_ext_auth.
  void ext_auth_result(int32_t rc);
  int int_option(int32_t option, int32_t value);
  int string_option(int32_t option, const std::optional<Text>& text);
  int max_packet_size_set(int32_t bytes);
  int connect_timeout_set(int32_t seconds);
  int reconnect_delay_set(int32_t delay, int32_t delay_max, bool exponential_backoff);
  int max_inflight_messages_set(int32_t max);
  int max_queued_messages_set(int64_t messages, int64_t bytes);
  // stats.cc
  [[nodiscard]] std::array<Figure, 10> stats();
  [[nodiscard]] int last_mid() const { return last_mid_; }
  [[nodiscard]] int last_errno() const { return session_.last_errno(); }
  [[nodiscard]] std::string last_error();
  // lib/mosquitto/client-state.ts has their names.
  enum class State { kDisconnected, kConnecting, kConnected, kDisconnecting };
  [[nodiscard]] State state();
  // Sets which kinds of events JavaScript listens to.
  void listen(int32_t mask);
  // JavaScript has been told that an attempt to connect is about to begin.
  void pre_connect_done();

  // flush.cc
  int flush();
  void flush_cancel(int32_t question);

  // manual.cc: the caller's own loop. It has the steps of mosquitto_loop(), and the owner delivers events between
  // reading and writing.
  int poll_socket(int timeout_ms, int max_packets, bool& readable);
  int loop_read(int max_packets);
  int loop_write(int max_packets);
  int loop_misc();
  // True when there is input that the socket does not show: loop_read() is to be called again.
  bool has_buffered_input();
  bool want_write();
  int socket();

  // running.cc: a loop in the background
  int loop_start(bool thread);
  int loop_stop(bool force);
  int loop_forever();
  // Ends the loop at once, whatever it is doing.
  void close_loop();
  // Closes a loop that was to run until nothing is left to drive, if nothing is. Returns true when it did.
  bool close_loop_if_over();

  // Delivery, for the owner.
  bool take_events(EventChunk& chunk);
  // Answers a chunk that nobody listens to.
  void answer_unheard(const EventChunk& chunk);

  // For the library's callbacks and hooks, inside its calls.
  void accepted(const mosquitto_property* properties);
  void confirmed(int mid, int reason_code);
  void received(size_t bytes) { received_.add(static_cast<uint32_t>(bytes)); }
  // Records the loss of messages of QoS 0, SUBSCRIBEs and UNSUBSCRIBEs that the connection has not finished.
  void connection_ended() override;
  // SUBACK or UNSUBACK has come.
  void answered(int command, int mid);
  // Returns how many codes the answer to a SUBSCRIBE or UNSUBSCRIBE may have.
  [[nodiscard]] uint32_t codes_asked(int command, int mid) const;
  [[nodiscard]] const char* srv_domain() const { return servers_->active() ? servers_->domain().c_str() : nullptr; }

 private:
  // A blocking call checks at this interval whether its thread is to end, and the keepalive.
  static constexpr std::chrono::milliseconds kAttention{100};

  // Driven (driven.cc)
  Traffic read(Reads reads) override;
  Traffic write() override;
  Traffic tick() override;
  Traffic traffic() override;
  bool wants_connection(DialTarget& target) override;
  bool looks_up() override;
  uint64_t look_up_failed(const std::string& failure) override;
  bool announce_attempt(bool called_for) override;
  Dialled dialled(DialResult result) override;
  uint64_t connection_lost() override;
  void finished() override;
  void deliver() override;
  void events_ready() override;
  void forget_unheard() override;

  void set_callbacks();
  enum class Wait { kNo, kYes };
  int connect_to(Wait wait, const Text& hostname, int port, int keepalive, const std::optional<Text>& bind_address,
                 const mosquitto_property* properties, const std::string& domain = {});
  int connect_again(Wait wait);
  template <typename Call>
  int declare(const DialTarget& target, Call call);
  int establish(Wait wait);
  // While it lives, this thread connects and the running loop does not poll the socket. That loop goes on with the
  // socket afterwards: after a failure, and after an exception too.
  class Suspension;
  int pump_dial(std::chrono::milliseconds timeout);
  // Applies the outcome of an attempt: its socket becomes the handle's. `error`: errno, or the EAI_* code.
  int adopt(DialResult result, int& error);
  int finish_dial(DialResult result);
  std::optional<DialResult> await(DialJob& dial, std::optional<std::chrono::milliseconds> timeout);
  void drop_dial();
  std::optional<int32_t> choose_server();
  void drop_question();
  void end_round(bool accepted);
  uint64_t next_delay(bool accepted);
  uint64_t log_delay(int level, const std::string& reason, uint64_t delay_ms);
  uint64_t delay_after_failure(int rc, int error);
  int open_loop(LoopHost& host, bool delivers, BackgroundLoop::Until until);
  void finish_loop(int rc);
  int refuse_publication(const Publications& publications, uint64_t size);
  int sent(int rc, int mid, SendBurst::Packet packet = SendBurst::Packet::kPlain);
  void note_asked(int command, int mid, size_t filters);
  [[nodiscard]] int32_t unanswered(int command) const;
  int judged(int option, int rc);
  uint64_t drop_unwritten(Publications& publications);
  void answer_flushes(Publications& publications);
  void end_flushes(int rc);

  // The session's lock guards these. Ten thousand clients may live in a process: each byte here counts.
  Session session_;
  TlsSettings tls_{session_};
  Proxy proxy_{session_};
  Connection connection_{session_, tls_, proxy_, *this};
  ReconnectPolicy reconnect_policy_;
  Rare<Publications> publications_;
  Volume received_;
  uint64_t accepted_ = 0;  // connections that the broker has accepted
  Rare<ServerList> servers_;
  struct Request {
    uint32_t filters = 0;
    bool answered = false;
  };
  // The SUBSCRIBEs and UNSUBSCRIBEs of this connection, by command and mid.
  Rare<std::unordered_map<uint32_t, Request>> asked_;

  // Only the JavaScript thread uses these.
  BackgroundLoop loop_{session_, *this};
  Writer writer_{connection_, loop_};
  std::shared_ptr<DialJob> dial_;                    // connect_async()'s, while no loop runs
  std::chrono::steady_clock::time_point shrunk_at_;  // when the caller's own loop last freed memory
  int last_mid_ = 0;
  bool dial_wanted_ = false;  // by connect_async(), and not begun yet
};
static_assert(kIsUniqueOwner<Client>);

}  // namespace libmosquitto
