// The JavaScript object of a client: converts arguments, and carries events into
// JavaScript by the object's own `sink` property.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "client/client.h"
#include "convert/arguments.h"
#include "convert/properties.h"
#include "driver/loop_host.h"
#include "napi_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class Environment;

class ClientWrap final : public Napi::ObjectWrap<ClientWrap>, private ClientOwner, private LoopTask {
 public:
  static Napi::Function define(Napi::Env env);

  explicit ClientWrap(const Napi::CallbackInfo& info);
  ~ClientWrap() override;
  ClientWrap(const ClientWrap&) = delete;
  ClientWrap& operator=(const ClientWrap&) = delete;

  // For the environment's end: stops the loop; frees the handle.
  void stop();
  void end();
  void turn_ended();

 private:
  template <auto Method>
  Napi::Value bound(const Napi::CallbackInfo& info);
  Napi::Value first_publish(const Napi::CallbackInfo& info);
  static Napi::Value own_publish(const Napi::CallbackInfo& info);

  // The methods that JavaScript sees, in the order of mosquitto.h.
  int reinitialise(const std::optional<Text>& client_id, bool clean_session);
  void destroy();
  int connect(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
              const Properties<CMD_CONNECT>& properties);
  int connect_async(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
                    const Properties<CMD_CONNECT>& properties);
  int connect_srv(const Text& hostname, int32_t keepalive, const std::optional<Text>& bind_address);
  bool waits_for_servers(int32_t question);
  void server_found(int32_t question, const Text& hostname, int32_t port);
  void servers_done(int32_t question, const std::optional<Text>& failure);
  int reconnect();
  int reconnect_async();
  int disconnect(int32_t reason_code, const Properties<CMD_DISCONNECT>& properties);
  int publish(const Text& topic, const Payload& payload, int32_t qos, bool retain,
              const Properties<CMD_PUBLISH>& properties);
  int subscribe(const std::vector<Text>& topic, int32_t qos, int32_t options,
                const Properties<CMD_SUBSCRIBE>& properties);
  int unsubscribe(const std::vector<Text>& topic, const Properties<CMD_UNSUBSCRIBE>& properties);
  int flush();
  void flush_cancel(int32_t question);
  int last_mid();
  int last_errno();
  std::string last_error();
  int state();
  int connect_timeout_set(int32_t seconds);
  int loop(int32_t timeout, int32_t max_packets);
  int loop_read(int32_t max_packets);
  bool read_leftovers(Client& client, int32_t max_packets, int& rc);
  int loop_write(int32_t max_packets);
  int loop_misc();
  bool want_write();
  int socket();
  int threaded_set(bool threaded);
  int loop_start(bool thread);
  int loop_stop(bool force);
  int loop_forever();
  int will_set(const Text& topic, const Payload& payload, int32_t qos, bool retain, Properties<CMD_WILL>& properties);
  int will_clear();
  int username_pw_set(const std::optional<Text>& username, const TextOrBytes& password);
  int ext_auth_continue(const Text& method, const Payload& data, const Properties<CMD_AUTH>& properties);
  void ext_auth_result(int32_t rc);
  int socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                 const OptionalSecretText& password);
  int tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
              const TextOrBytes& keyfile, const OptionalSecretText& passphrase);
  int tls_insecure_set(bool value);
  bool tls_wanted();
  int tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version, const std::optional<Text>& ciphers);
  int tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers);
  int tls_crl_set(const TextOrBytes& crlfile);
  int int_option(int32_t option, int32_t value);
  int string_option(int32_t option, const std::optional<Text>& value);
  int max_packet_size_set(int32_t bytes);
  int reconnect_delay_set(int32_t delay, int32_t delay_max, bool exponential_backoff);
  int max_inflight_messages_set(int32_t max);
  void listen(int32_t mask);
  void pre_connect_done();
  void ref();
  void unref();

  // ClientOwner
  LoopHost& event_loop() override;
  LoopHost& network_thread() override;
  void events_ready() override;
  void deliver() override;
  [[nodiscard]] bool idle() const override;
  void at_turn_end() override;
  void pre_connect() override;
  bool ending() override;
  void look_up(int32_t question, const std::string& domain) override;
  void loop_started() override;
  void loop_stopped() override;

  // LoopTask: events_ready() has come through.
  void run_on_loop() override;

  Client& client();
  [[nodiscard]] bool may_loop() const;
  template <typename Step>
  int manual(Step step);
  int told(int rc);
  enum class Mode { kManual, kBackground };
  // Hands chunks to JavaScript until none is left, or the time is over. Throws, in
  // manual mode, what a callback threw.
  void hand_over(Mode mode, uint64_t most_ns);
  void call_dispatch(Mode mode, EventChunk& chunk);
  void call_sink(const char* method, const std::initializer_list<napi_value>& arguments);
  void update_hold();

  Environment& environment_;
  std::unique_ptr<Client> client_;
  bool pinned_ = false;     // a running loop: the object must not be collected
  bool referenced_ = true;  // ref(), unref()
  bool holding_ = false;    // the process is kept alive
};
static_assert(kIsUniqueOwner<ClientWrap>);

}  // namespace libmosquitto
