// The JavaScript side of a client, but for the methods that deliver events (client_wrap.cc):
// the constructor, the table of methods and arguments, and what each asks of the client.
#include <cerrno>
#include <system_error>

#include "client/client_wrap.h"
#include "convert/binder.h"
#include "convert/errors.h"
#include "environment.h"

namespace libmosquitto {
namespace {

const char* c_string(const std::optional<std::string>& text) { return text ? text->c_str() : nullptr; }

// C asks for a generated id by NULL; '' is what a user writes.
const char* client_id_of(const std::optional<Text>& id) { return id && !id->empty() ? id->c_str() : nullptr; }

constexpr const char* kConstructor[] = {"client_id", "clean_session"};
constexpr const char* kConnect[] = {"hostname", "port", "keepalive", "bind_address", "properties"};
constexpr const char* kConnectSrv[] = {"hostname", "keepalive", "bind_address"};
constexpr const char* kQuestion[] = {"question"};
constexpr const char* kServer[] = {"question", "hostname", "port"};
constexpr const char* kServersDone[] = {"question", "failure"};
constexpr const char* kDisconnect[] = {"reason_code", "properties"};
constexpr const char* kMessage[] = {"topic", "payload", "qos", "retain", "properties"};
constexpr const char* kSubscribe[] = {"topic", "qos", "options", "properties"};
constexpr const char* kUnsubscribe[] = {"topic", "properties"};
constexpr const char* kAuth[] = {"method", "data", "properties"};
constexpr const char* kRc[] = {"rc"};
constexpr const char* kSocks[] = {"host", "port", "username", "password"};
constexpr const char* kTls[] = {"cafile", "capath", "certfile", "keyfile", "passphrase"};
constexpr const char* kValue[] = {"value"};
constexpr const char* kTlsOpts[] = {"cert_reqs", "tls_version", "ciphers"};
constexpr const char* kPsk[] = {"psk", "identity", "ciphers"};
constexpr const char* kCrl[] = {"crlfile"};
constexpr const char* kOption[] = {"option", "value"};
constexpr const char* kBytes[] = {"bytes"};
constexpr const char* kSeconds[] = {"seconds"};
constexpr const char* kLoop[] = {"timeout", "max_packets"};
constexpr const char* kMaxPackets[] = {"max_packets"};
constexpr const char* kThreaded[] = {"threaded"};
constexpr const char* kThread[] = {"thread"};
constexpr const char* kForce[] = {"force"};
constexpr const char* kUsername[] = {"username", "password"};
constexpr const char* kDelay[] = {"delay", "delay_max", "exponential_backoff"};
constexpr const char* kMax[] = {"max"};
constexpr const char* kMask[] = {"mask"};

}  // namespace

template <auto Method>
Napi::Value ClientWrap::bound(const Napi::CallbackInfo& info) {
  return detail::Bound<Method>::call(*this, info, static_cast<ArgumentNames>(info.Data()));
}

// Node-API looks up whose method is called, and that takes a tenth of the time that publishing does.
// A client that publishes therefore gets a function of its own, in front of the class's, that knows it.
Napi::Value ClientWrap::first_publish(const Napi::CallbackInfo& info) {
  const auto own = Napi::Function::New<own_publish>(info.Env(), "publish", this);
  Value().DefineProperty(Napi::PropertyDescriptor::Value("publish", own));
  return detail::Bound<&ClientWrap::publish>::call(*this, info, kMessage);
}

// Reachable through the object alone, which therefore is alive.
Napi::Value ClientWrap::own_publish(const Napi::CallbackInfo& info) {
  return detail::Bound<&ClientWrap::publish>::call(*static_cast<ClientWrap*>(info.Data()), info, kMessage);
}

Napi::Function ClientWrap::define(Napi::Env env) {
  using Self = ClientWrap;
  const auto data = names_data;
  return DefineClass(
      env, "Client",
      {
          InstanceMethod<&Self::bound<&Self::reinitialise>>("reinitialise", napi_default, data(kConstructor)),
          InstanceMethod<&Self::bound<&Self::destroy>>("destroy"),
          InstanceMethod<&Self::bound<&Self::connect>>("connect", napi_default, data(kConnect)),
          InstanceMethod<&Self::bound<&Self::connect_async>>("connect_async", napi_default, data(kConnect)),
          InstanceMethod<&Self::bound<&Self::connect_srv>>("connect_srv", napi_default, data(kConnectSrv)),
          InstanceMethod<&Self::bound<&Self::waits_for_servers>>("waits_for_servers", napi_default, data(kQuestion)),
          InstanceMethod<&Self::bound<&Self::server_found>>("server_found", napi_default, data(kServer)),
          InstanceMethod<&Self::bound<&Self::servers_done>>("servers_done", napi_default, data(kServersDone)),
          InstanceMethod<&Self::bound<&Self::reconnect>>("reconnect"),
          InstanceMethod<&Self::bound<&Self::reconnect_async>>("reconnect_async"),
          InstanceMethod<&Self::bound<&Self::disconnect>>("disconnect", napi_default, data(kDisconnect)),
          InstanceMethod<&Self::first_publish>("publish"),
          InstanceMethod<&Self::bound<&Self::subscribe>>("subscribe", napi_default, data(kSubscribe)),
          InstanceMethod<&Self::bound<&Self::unsubscribe>>("unsubscribe", napi_default, data(kUnsubscribe)),
          InstanceMethod<&Self::bound<&Self::flush>>("flush"),
          InstanceMethod<&Self::bound<&Self::flush_cancel>>("flush_cancel", napi_default, data(kQuestion)),
          InstanceMethod<&Self::bound<&Self::last_mid>>("last_mid"),
          InstanceMethod<&Self::bound<&Self::last_errno>>("last_errno"),
          InstanceMethod<&Self::bound<&Self::last_error>>("last_error"),
          InstanceMethod<&Self::bound<&Self::state>>("state"),
          InstanceMethod<&Self::bound<&Self::loop>>("loop", napi_default, data(kLoop)),
          InstanceMethod<&Self::bound<&Self::loop_read>>("loop_read", napi_default, data(kMaxPackets)),
          InstanceMethod<&Self::bound<&Self::loop_write>>("loop_write", napi_default, data(kMaxPackets)),
          InstanceMethod<&Self::bound<&Self::loop_misc>>("loop_misc"),
          InstanceMethod<&Self::bound<&Self::want_write>>("want_write"),
          InstanceMethod<&Self::bound<&Self::socket>>("socket"),
          InstanceMethod<&Self::bound<&Self::threaded_set>>("threaded_set", napi_default, data(kThreaded)),
          InstanceMethod<&Self::bound<&Self::loop_start>>("loop_start", napi_default, data(kThread)),
          InstanceMethod<&Self::bound<&Self::loop_stop>>("loop_stop", napi_default, data(kForce)),
          InstanceMethod<&Self::bound<&Self::loop_forever>>("loop_forever"),
          InstanceMethod<&Self::bound<&Self::will_set>>("will_set", napi_default, data(kMessage)),
          InstanceMethod<&Self::bound<&Self::will_clear>>("will_clear"),
          InstanceMethod<&Self::bound<&Self::username_pw_set>>("username_pw_set", napi_default, data(kUsername)),
          InstanceMethod<&Self::bound<&Self::ext_auth_continue>>("ext_auth_continue", napi_default, data(kAuth)),
          InstanceMethod<&Self::bound<&Self::ext_auth_result>>("ext_auth_result", napi_default, data(kRc)),
          InstanceMethod<&Self::bound<&Self::socks5_set>>("socks5_set", napi_default, data(kSocks)),
          InstanceMethod<&Self::bound<&Self::tls_set>>("tls_set", napi_default, data(kTls)),
          InstanceMethod<&Self::bound<&Self::tls_insecure_set>>("tls_insecure_set", napi_default, data(kValue)),
          InstanceMethod<&Self::bound<&Self::tls_wanted>>("tls_wanted"),
          InstanceMethod<&Self::bound<&Self::tls_opts_set>>("tls_opts_set", napi_default, data(kTlsOpts)),
          InstanceMethod<&Self::bound<&Self::tls_psk_set>>("tls_psk_set", napi_default, data(kPsk)),
          InstanceMethod<&Self::bound<&Self::tls_crl_set>>("tls_crl_set", napi_default, data(kCrl)),
          InstanceMethod<&Self::bound<&Self::int_option>>("int_option", napi_default, data(kOption)),
          InstanceMethod<&Self::bound<&Self::string_option>>("string_option", napi_default, data(kOption)),
          InstanceMethod<&Self::bound<&Self::max_packet_size_set>>("max_packet_size_set", napi_default, data(kBytes)),
          InstanceMethod<&Self::bound<&Self::connect_timeout_set>>("connect_timeout_set", napi_default, data(kSeconds)),
          InstanceMethod<&Self::bound<&Self::pre_connect_done>>("pre_connect_done"),
          InstanceMethod<&Self::bound<&Self::reconnect_delay_set>>("reconnect_delay_set", napi_default, data(kDelay)),
          InstanceMethod<&Self::bound<&Self::max_inflight_messages_set>>("max_inflight_messages_set", napi_default,
                                                                         data(kMax)),
          InstanceMethod<&Self::bound<&Self::listen>>("listen", napi_default, data(kMask)),
          InstanceMethod<&Self::bound<&Self::ref>>("ref"),
          InstanceMethod<&Self::bound<&Self::unref>>("unref"),
      });
}

ClientWrap::ClientWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ClientWrap>(info), environment_(Environment::of(info.Env())) {
  const std::optional<Text> client_id = to_optional_text(info[0], {1, kConstructor[0]});
  const bool clean_session = to_boolean(info[1], {2, kConstructor[1]});
  // A program that asks for a configuration may count on what it forbids.
  if (!openssl_failure().empty()) throw mosquitto_error(info.Env(), MOSQ_ERR_TLS, openssl_failure());
  try {
    client_ = std::make_unique<Client>(static_cast<ClientOwner&>(*this), client_id_of(client_id), clean_session);
  } catch (const std::system_error& error) {
    throw mosquitto_error(info.Env(), error.code().value() == ENOMEM ? MOSQ_ERR_NOMEM : MOSQ_ERR_INVAL,
                          "mosquitto_new");
  }
  environment_.add(*this);
}

int ClientWrap::reinitialise(const std::optional<Text>& client_id, bool clean_session) {
  return client().reinitialise(client_id_of(client_id), clean_session);
}

void ClientWrap::destroy() { client_->destroy(); }

int ClientWrap::connect(const Text& hostname, int32_t port, int32_t keepalive, const std::optional<Text>& bind_address,
                        const Properties<CMD_CONNECT>& properties) {
  return told(
      client().connect(Client::Wait::kYes, hostname, port, keepalive, c_string(bind_address), properties.get()));
}

int ClientWrap::connect_async(const Text& hostname, int32_t port, int32_t keepalive,
                              const std::optional<Text>& bind_address, const Properties<CMD_CONNECT>& properties) {
  return told(client().connect(Client::Wait::kNo, hostname, port, keepalive, c_string(bind_address), properties.get()));
}

int ClientWrap::connect_srv(const Text& hostname, int32_t keepalive, const std::optional<Text>& bind_address) {
  return told(client().connect_srv(hostname, keepalive, c_string(bind_address)));
}

bool ClientWrap::waits_for_servers(int32_t question) {
  return !client_->destroyed() && client_->waits_for_servers(question);
}

void ClientWrap::server_found(int32_t question, const Text& hostname, int32_t port) {
  client().server_found(question, hostname, port);
}

void ClientWrap::servers_done(int32_t question, const std::optional<Text>& failure) {
  client().servers_done(question, failure.value_or(""));
}

int ClientWrap::reconnect() { return told(client().reconnect(Client::Wait::kYes)); }

int ClientWrap::reconnect_async() { return told(client().reconnect(Client::Wait::kNo)); }

int ClientWrap::disconnect(int32_t reason_code, const Properties<CMD_DISCONNECT>& properties) {
  return client().disconnect(reason_code, properties.get());
}

int ClientWrap::publish(const Text& topic, const Payload& payload, int32_t qos, bool retain,
                        const Properties<CMD_PUBLISH>& properties) {
  return client().publish(topic, payload.bytes(), qos, retain, properties.get());
}

int ClientWrap::subscribe(const std::vector<Text>& topic, int32_t qos, int32_t options,
                          const Properties<CMD_SUBSCRIBE>& properties) {
  return client().subscribe(topic, qos, options, properties.get());
}

int ClientWrap::unsubscribe(const std::vector<Text>& topic, const Properties<CMD_UNSUBSCRIBE>& properties) {
  return client().unsubscribe(topic, properties.get());
}

int ClientWrap::flush() { return client().flush(); }

void ClientWrap::flush_cancel(int32_t question) { client_->flush_cancel(question); }

int ClientWrap::last_mid() { return client().last_mid(); }

int ClientWrap::last_errno() { return client().last_errno(); }

std::string ClientWrap::last_error() { return client().last_error(); }

int ClientWrap::state() { return static_cast<int>(client().state()); }

bool ClientWrap::want_write() { return client().want_write(); }

int ClientWrap::socket() { return client().socket(); }

int ClientWrap::threaded_set(bool threaded) { return client().threaded_set(threaded); }

int ClientWrap::loop_start(bool thread) { return may_loop() ? client().loop_start(thread) : MOSQ_ERR_INVAL; }

int ClientWrap::loop_stop(bool force) { return client().loop_stop(force); }

int ClientWrap::loop_forever() { return may_loop() ? client().loop_forever() : MOSQ_ERR_INVAL; }

int ClientWrap::will_set(const Text& topic, const Payload& payload, int32_t qos, bool retain,
                         Properties<CMD_WILL>& properties) {
  const int rc = client().will_set(topic, payload.bytes(), qos, retain, properties.get());
  if (rc == MOSQ_ERR_SUCCESS) properties.list.release();
  return rc;
}

int ClientWrap::will_clear() { return client().will_clear(); }

int ClientWrap::username_pw_set(const std::optional<Text>& username, const TextOrBytes& password) {
  return client().username_pw_set(c_string(username), password.c_str());
}

int ClientWrap::ext_auth_continue(const Text& method, const Payload& data, const Properties<CMD_AUTH>& properties) {
  return client().ext_auth_continue(method.c_str(), data.bytes(), properties.get());
}

void ClientWrap::ext_auth_result(int32_t rc) { client().ext_auth_result(rc); }

int ClientWrap::socks5_set(const Text& host, int32_t port, const std::optional<Text>& username,
                           const OptionalSecretText& password) {
  return client().socks5_set(host.c_str(), port, c_string(username), password.c_str());
}

int ClientWrap::tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
                        const TextOrBytes& keyfile, const OptionalSecretText& passphrase) {
  return client().tls_set(cafile.c_str(), c_string(capath), certfile.c_str(), keyfile.c_str(), passphrase.c_str());
}

bool ClientWrap::tls_wanted() { return client().tls_wanted(); }

int ClientWrap::tls_insecure_set(bool value) { return client().tls_insecure_set(value); }

int ClientWrap::tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version,
                             const std::optional<Text>& ciphers) {
  return client().tls_opts_set(cert_reqs, c_string(tls_version), c_string(ciphers));
}

int ClientWrap::tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers) {
  return client().tls_psk_set(psk.c_str(), identity.c_str(), c_string(ciphers));
}

int ClientWrap::tls_crl_set(const TextOrBytes& crlfile) { return client().tls_crl_set(crlfile.c_str()); }

int ClientWrap::int_option(int32_t option, int32_t value) { return client().int_option(option, value); }

int ClientWrap::string_option(int32_t option, const std::optional<Text>& value) {
  return client().string_option(option, c_string(value));
}

int ClientWrap::max_packet_size_set(int32_t bytes) { return client().max_packet_size_set(bytes); }

int ClientWrap::connect_timeout_set(int32_t seconds) { return client().connect_timeout_set(seconds); }

int ClientWrap::reconnect_delay_set(int32_t delay, int32_t delay_max, bool exponential_backoff) {
  return client().reconnect_delay_set(delay, delay_max, exponential_backoff);
}

int ClientWrap::max_inflight_messages_set(int32_t max) { return client().max_inflight_messages_set(max); }

void ClientWrap::listen(int32_t mask) { client().listen(static_cast<uint32_t>(mask)); }

void ClientWrap::pre_connect_done() { client().pre_connect_done(); }

}  // namespace libmosquitto
