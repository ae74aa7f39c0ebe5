// One MQTT client: a mosquitto handle, the lock around it, the events that its C
// callbacks recorded, and what drives its traffic. Knows nothing of Node-API.
//
// Threads: methods are for the JavaScript thread, but for those of the section "for
// the link", which run on the link's loop. Each takes the lock for one bounded piece
// of work, so that neither thread waits long for the other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "client/client_mutex.h"
#include "client/client_owner.h"
#include "client/client_traffic.h"
#include "client/publications.h"
#include "client/rare.h"
#include "client/server_list.h"
#include "client/tls_settings.h"
#include "convert/parameters.h"
#include "driver/dial_job.h"
#include "driver/event_batch.h"
#include "driver/libc_hooks.h"
#include "driver/link.h"
#include "driver/reconnect_policy.h"
#include "driver/send_burst.h"
#include "driver/topic_table.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class Client {
 public:
  // Throws std::system_error with the OS error where mosquitto_new() returns NULL.
  Client(ClientOwner& owner, const std::optional<Text>& id, bool clean_session);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool destroyed() const { return handle_ == nullptr; }
  void destroy();
  int reinitialise(const std::optional<Text>& id, bool clean_session);

  // The methods up to loop_forever() have the types of JavaScript's arguments (convert/parameters.h). They are in the
  // order of mosquitto.h.

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
  // The answer to a question that is not answered yet: its servers, then the end, with the reason of a failure. False
  // for another question.
  bool waits_for_servers(int32_t question);
  void server_found(int32_t question, const Text& hostname, int32_t port);
  void servers_done(int32_t question, const std::optional<Text>& failure);

  // publish.cc, subscribe.cc, will.cc, auth.cc, ext_auth.cc, socks.cc, tls.cc, options.cc
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
  void ext_auth_result(int32_t rc);
  int socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                 const OptionalSecretText& password);
  int tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
              const TextOrBytes& keyfile, const OptionalSecretText& passphrase);
  int tls_insecure_set(bool value);
  [[nodiscard]] bool tls_wanted() const { return tls_->wanted; }
  int tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version, const std::optional<Text>& ciphers);
  int tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers);
  int tls_crl_set(const TextOrBytes& crlfile);
  int int_option(int32_t option, int32_t value);
  int string_option(int32_t option, const std::optional<Text>& text);
  int max_packet_size_set(int32_t bytes);
  int connect_timeout_set(int32_t seconds);
  int reconnect_delay_set(int32_t delay, int32_t delay_max, bool exponential_backoff);
  int max_inflight_messages_set(int32_t max);
  int threaded_set(bool threaded);
  [[nodiscard]] int last_mid() const { return last_mid_; }
  [[nodiscard]] int last_errno() const { return last_errno_; }

  // outcome.cc
  [[nodiscard]] std::string last_error();
  // lib/mosquitto/client-state.ts has their names.
  enum class State { kDisconnected, kConnecting, kConnected, kDisconnecting };
  [[nodiscard]] State state();

  // running.cc: a loop in the background
  int loop_start(bool thread);
  int loop_stop(bool force);
  int loop_forever();
  // Ends the loop at once, whatever it is doing.
  void close_link();
  [[nodiscard]] bool running() const { return link_ != nullptr; }
  // Ends a loop that was only waiting for its last event. True when it just did,
  // and so recorded one more.
  bool settle();

  // publish.cc: what was queued and is not yet written.
  void turn_ended();

  // manual.cc: the caller's own loop. The steps of mosquitto_loop(), so that the
  // owner can deliver between reading and writing.
  int wait_for_traffic(int timeout_ms, int max_packets, bool& readable);
  int loop_read(int max_packets);
  int loop_write(int max_packets);
  int loop_misc();
  // There is input that the socket does not show: loop_read() again.
  bool input_waits();
  bool want_write();
  int socket();

  // callbacks.cc
  void listen(int32_t mask);

  // flush.cc
  int flush();
  void flush_cancel(int32_t question);

  // unheard.cc
  [[nodiscard]] bool listens_to(const EventChunk& chunk) const;
  void answer_unheard(const EventChunk& chunk);
  void forget_unheard();

  // Delivery, by the owner.
  bool take_events(EventChunk& chunk);
  [[nodiscard]] bool has_events() const;
  // JavaScript has seen that a connection is about to be made.
  void pre_connect_done();
  void set_delivering(bool delivering) { delivering_ = delivering; }
  [[nodiscard]] bool delivering() const { return delivering_; }

  // For the link (drive.cc).
  using Traffic = ClientTraffic;
  Traffic read(Reads reads);
  Traffic write();
  Traffic misc();
  Traffic traffic();
  bool wants_connection(DialTarget& target);
  // True when JavaScript was asked for the servers: the attempt waits for servers_done().
  bool looks_up();
  // The servers were asked for in vain: tells why, returns the delay before the next attempt.
  uint64_t look_up_failed(const std::string& failure);
  // True when JavaScript is to be told first: the attempt waits for pre_connect_done(). An attempt
  // that JavaScript has called for always waits: on_pre_connect may be assigned in the same turn.
  bool announce_attempt(bool called_for);
  // The connected socket becomes the handle's, and CONNECT is queued.
  int adopt(DialResult connected);
  // An attempt to connect failed: remembers and tells why, returns the delay before the next.
  uint64_t attempt_failed(int rc, int error);
  uint64_t connection_lost();
  // Nothing is left to drive: disconnect() is done, or `rc` is final.
  void mark_done(int rc);
  [[nodiscard]] bool stops_on_error();
  // For the hooks in the library, inside its calls.
  [[nodiscard]] uint32_t packet_limit() const { return packet_limit_; }
  [[nodiscard]] uint64_t waiting_limit(uint16_t receive_maximum) const;
  [[nodiscard]] bool read_enough() const;
  void tls_failed() { tls_.use().failed = true; }
  [[nodiscard]] uint32_t codes_asked(int command, int mid) const;
  void ends_with(int rc) { closing_rc_ = rc; }
  void tls_refused(const char* reason);
  void tls_tolerated() { tls_.use().tolerate(); }
  [[nodiscard]] const char* srv_domain() const { return servers_->active() ? servers_->domain().c_str() : nullptr; }
  [[nodiscard]] const std::optional<RevocationLists>& revocation_lists() const { return tls_->revocation_lists; }
  bool make_room(uint64_t bytes, uint64_t properties);
  void end_without_memory();
  void packet_refused() { closing_rc_ = MOSQ_ERR_OVERSIZE_PACKET; }
  Kept& kept() { return kept_; }
  [[nodiscard]] bool authenticating() const { return authenticating_; }
  void hold_input(uint16_t position, uint16_t length);

  void deliver() { owner_.deliver(); }
  void events_ready() { owner_.events_ready(); }

 private:
  // Undelivered bytes above which a driven client stops reading, and below which it goes on.
  static constexpr size_t kHighMark = size_t{64} * 1024 * 1024;
  static constexpr size_t kLowMark = size_t{16} * 1024 * 1024;
  // A call that waits looks up as often as this: whether its thread is to end, and at keepalive.
  static constexpr std::chrono::milliseconds kAttention{100};
  static constexpr std::chrono::seconds kConnectTimeout{30};
  // One call of the library reads no more than this, with the lock held.
  static constexpr uint64_t kReadNs = uint64_t{500} * 1000;
  static constexpr size_t kReadBytes = size_t{64} * 1024;  // as events
  static constexpr uint32_t kPacketLimit = uint32_t{128} * 1024 * 1024;
  static constexpr uint16_t kSendMaximum = 20;  // libmosquitto's
  static constexpr uint16_t kReceiveMaximum = 20;
  // Messages of QoS 2 may take so many bytes until the broker releases them.
  static constexpr uint64_t kWaitingLimit = uint64_t{512} * 1024 * 1024;

  friend struct Trampolines;

  enum class Wait { kNo, kYes };
  int connect_to(Wait wait, const Text& hostname, int port, int keepalive, const std::optional<Text>& bind_address,
                 const mosquitto_property* properties, const std::string& domain = {});
  int connect_again(Wait wait);

  void configure();
  template <typename Call>
  int declare(const DialTarget& target, Call call);
  int establish(Wait wait);
  // Takes the socket from the loop that runs, for as long as it lives, while this thread connects. Afterwards,
  // connected or not, after an exception too, that loop takes over.
  class Suspension;
  void let_go();
  void go_on();
  int pump_dial(std::chrono::milliseconds timeout);
  int take_up(DialResult result);
  std::optional<DialResult> await(DialJob& dial, std::optional<std::chrono::milliseconds> timeout);
  void drop_dial();
  std::optional<int32_t> choose_server();
  void stop_waiting_for_servers();
  uint64_t next_delay(bool accepted);
  [[nodiscard]] DialTarget dial_target() const;
  int start_link(LoopHost& host, bool delivers);
  int sent(int rc, int mid, SendBurst::Packet packet = SendBurst::Packet::kPlain);
  void push_out(SendBurst::Packet packet = SendBurst::Packet::kPlain);
  [[nodiscard]] bool may_write_directly() const;
  void write_ahead();
  void write_beside();
  int write_now();
  int write_queued();
  [[nodiscard]] bool wants_write() const;
  void note_asked(int command, int mid, size_t filters);
  int misc_now();
  void shrink_now();
  Traffic traffic_now();
  int checked(int rc);
  int read_now(Reads reads = Reads::kAll);
  void follow_log();
  int judged(int option, int rc);
  int tls_setting_refused(const std::string& reason);
  bool lacks_tls(int port);
  bool leaves_plain();
  int renew_tls_settings();
  void remember_tls_settings(int rc);
  [[nodiscard]] bool has_proxy() const { return !proxy_->address.hostname.empty(); }
  void await_proxy(int fd);
  int hear_proxy();
  [[nodiscard]] int unread_of_proxy() const;
  void leave_stuck_proxy(int unread);
  // attempt.cc: from the TCP connect to CONNACK
  void begin_attempt(std::chrono::steady_clock::time_point begun);
  [[nodiscard]] bool awaits_connack() const;
  int check_attempt();
  // keepalive.cc
  void accept_keepalive(const mosquitto_property* properties);
  void excuse_living_peer();
  int read_before_keepalive();
  // farewell.cc: from disconnect() to the end of the connection
  void extend_farewell();
  bool drops_to_end();
  int write_farewell();
  void check_farewell();
  // handshake.cc
  [[nodiscard]] bool in_handshake() const;
  [[nodiscard]] bool before_connect() const;
  void abandon(int rc);
  void tell_end(int rc);
  bool leaves_handshake();
  int check_handshake(int rc);
  int read_alert();
  static int give_passphrase(char* buffer, int size, int rwflag, void* handle);
  bool record(EventKind kind, std::initializer_list<int32_t> words, std::initializer_list<std::string_view> bytes = {});
  void log(int level, const std::string& text);
  [[nodiscard]] std::string told_reason(int rc, int error) const;
  std::string remember_attempt(int rc, int error);
  std::string remember_failure(const std::string& reason);
  void remember_end(int rc, int error);
  void remember_refusal(int code);
  void record_unheard_publication(int mid, int reason_code);
  [[nodiscard]] const std::string* topic_of_alias(uint16_t alias) const;
  void confirmed(int mid);
  void answer_flushes(Publications& publications);
  void drop_unwritten();
  void end_flushes(int rc);
  [[nodiscard]] bool heard() const;
  bool skips_message();
  [[nodiscard]] bool due() const;
  [[nodiscard]] bool wanted(EventKind kind) const { return (listening_ & (1U << static_cast<uint32_t>(kind))) != 0; }

  struct Proxy {
    DialTarget address;         // no hostname: none
    bool has_password = false;  // there is one for it
    bool unheard = false;       // its first reply is to be looked at before the library does
    int unmoved_reads = 0;      // in a row, that took nothing of what it sent
  };

  ClientOwner& owner_;

  ClientMutex mutex_;
  // Guarded by mutex_. Ten thousand clients may live in a process: each byte here counts.
  mosquitto* handle_ = nullptr;
  EventBatch batch_;
  DialTarget target_;
  std::chrono::seconds connect_timeout_ = kConnectTimeout;
  std::chrono::steady_clock::time_point attempt_deadline_;    // for CONNACK,
  std::chrono::steady_clock::time_point attempt_checked_at_;  // ... last compared with the clock
  std::chrono::steady_clock::time_point disconnect_deadline_;
  Kept kept_{};
  uint64_t read_ends_at_ = 0;
  size_t read_ends_with_ = 0;
  uint64_t answers_waiting_ = 0;  // bytes, when they were last looked at
  ReconnectPolicy reconnect_policy_;

  Rare<TopicTable> topics_;
  Rare<std::map<uint16_t, std::string>> aliases_;  // given in this connection, with their topics
  Rare<Publications> publications_;
  Rare<ServerList> servers_;
  Rare<Proxy> proxy_;
  Rare<TlsSettings> tls_;
  Rare<std::string> last_error_;                        // the newest failure in words
  Rare<std::unordered_map<uint32_t, uint32_t>> asked_;  // filters of a SUBSCRIBE or UNSUBSCRIBE, by command and mid

  uint32_t listening_ = 0;
  uint32_t packet_limit_ = kPacketLimit;
  int unacknowledged_ = 0;  // bytes that the peer had not taken yet when they were last looked at
  int done_rc_ = 0;
  int closing_rc_ = 0;  // why we end the connection, for on_disconnect
  int ended_rc_ = 0;    // what on_disconnect was told within the call of the library
  uint16_t send_maximum_ = kSendMaximum;
  uint16_t keepalive_ = 0;
  uint16_t held_position_ = 0;  // offset of the input held behind an AUTH packet
  uint16_t held_length_ = 0;
  bool has_target_ = false;
  bool accepted_ = false;  // a CONNACK with 0 came on this connection
  bool attempt_extended_ = false;
  bool disconnect_requested_ = false;
  bool disconnect_written_ = false;  // or never will be
  bool leaves_early_ = false;        // disconnect() came before CONNECT could be written
  bool owes_handlers_ = false;       // there are messages to be acknowledged that JavaScript has not seen
  bool skips_messages_ = false;      // no JavaScript ran when the newest bytes came
  bool done_ = false;
  bool forever_ = false;
  bool authenticating_ = false;   // on_ext_auth has not answered yet
  bool input_waits_ = false;      // it was given back: to be processed without the socket being readable
  bool end_remembered_ = false;   // why this connection ends
  bool short_keepalive_ = false;  // the broker's
  bool handshaking_ = false;      // when the library was last told to read or to write
  bool hears_log_ = false;        // libmosquitto's log callback is set
  bool began_plain_ = false;      // TLS was not asked for when this connection was made
  bool too_many_codes_ = false;   // the answer to a SUBSCRIBE or UNSUBSCRIBE had more than were asked for

  std::atomic<bool> paused_{false};  // too much is undelivered to read on
  std::atomic<int> last_errno_{0};

  // The JavaScript thread's:
  std::shared_ptr<Link> link_;
  std::shared_ptr<DialJob> dial_;                    // connect_async()'s, while no loop runs
  std::chrono::steady_clock::time_point shrunk_at_;  // when the caller's own loop last freed memory
  SendBurst burst_;
  int last_mid_ = 0;
  int write_rc_ = 0;          // result of a write outside the loop, for the next loop() to return
  bool dial_wanted_ = false;  // by connect_async(), and not begun yet
  bool stop_when_done_ = false;
  bool threaded_ = false;
  bool delivering_ = false;
};
static_assert(kIsUniqueOwner<Client>);

}  // namespace libmosquitto
