// The JavaScript class of a client: its constructor, and the table of its methods with the names of their arguments.
// client_wrap.cc has the methods that deliver events.
#include <cerrno>
#include <system_error>

#include "client/client_wrap.h"
#include "convert/arguments.h"
#include "convert/binder.h"
#include "convert/errors.h"
#include "convert/properties.h"
#include "environment.h"

namespace libmosquitto {
namespace {

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
Napi::Value ClientWrap::on_client(const Napi::CallbackInfo& info) {
  return call_method<Method>(info, static_cast<ArgumentNames>(info.Data()), [this]() -> Client& { return client(); });
}

template <auto Method>
Napi::Value ClientWrap::on_any_client(const Napi::CallbackInfo& info) {
  return call_method<Method>(info, static_cast<ArgumentNames>(info.Data()), [this]() -> Client& { return *client_; });
}

template <auto Method>
Napi::Value ClientWrap::connecting(const Napi::CallbackInfo& info) {
  const int rc =
      invoke_method<Method>(info, static_cast<ArgumentNames>(info.Data()), [this]() -> Client& { return client(); });
  deliver_tls_failure(rc);
  return to_js(info.Env(), rc);
}

template <auto Method>
Napi::Value ClientWrap::own(const Napi::CallbackInfo& info) {
  return call_method<Method>(info, static_cast<ArgumentNames>(info.Data()), [this]() -> ClientWrap& { return *this; });
}

// Node-API looks up whose method is called, and that takes a tenth of the time that publishing does.
// A client that publishes therefore gets a function of its own, in front of the class's, that knows it.
Napi::Value ClientWrap::first_publish(const Napi::CallbackInfo& info) {
  const auto own = Napi::Function::New<own_publish>(info.Env(), "publish", this);
  Value().DefineProperty(Napi::PropertyDescriptor::Value("publish", own));
  return call_method<&Client::publish>(info, kMessage, [this]() -> Client& { return client(); });
}

// Reachable through the object alone, which therefore is alive.
Napi::Value ClientWrap::own_publish(const Napi::CallbackInfo& info) {
  auto& self = *static_cast<ClientWrap*>(info.Data());
  return call_method<&Client::publish>(info, kMessage, [&self]() -> Client& { return self.client(); });
}

Napi::Function ClientWrap::define(Napi::Env env) {
  using Self = ClientWrap;
  const auto data = names_data;
  return DefineClass(
      env, "Client",
      {
          InstanceMethod<&Self::on_client<&Client::reinitialise>>("reinitialise", napi_default, data(kConstructor)),
          InstanceMethod<&Self::on_any_client<&Client::destroy>>("destroy"),
          InstanceMethod<&Self::connecting<&Client::connect>>("connect", napi_default, data(kConnect)),
          InstanceMethod<&Self::connecting<&Client::connect_async>>("connect_async", napi_default, data(kConnect)),
          InstanceMethod<&Self::connecting<&Client::connect_srv>>("connect_srv", napi_default, data(kConnectSrv)),
          InstanceMethod<&Self::on_any_client<&Client::waits_for_servers>>("waits_for_servers", napi_default,
                                                                           data(kQuestion)),
          InstanceMethod<&Self::on_client<&Client::server_found>>("server_found", napi_default, data(kServer)),
          InstanceMethod<&Self::on_client<&Client::servers_done>>("servers_done", napi_default, data(kServersDone)),
          InstanceMethod<&Self::connecting<&Client::reconnect>>("reconnect"),
          InstanceMethod<&Self::connecting<&Client::reconnect_async>>("reconnect_async"),
          InstanceMethod<&Self::on_client<&Client::disconnect>>("disconnect", napi_default, data(kDisconnect)),
          InstanceMethod<&Self::first_publish>("publish"),
          InstanceMethod<&Self::on_client<&Client::subscribe>>("subscribe", napi_default, data(kSubscribe)),
          InstanceMethod<&Self::on_client<&Client::unsubscribe>>("unsubscribe", napi_default, data(kUnsubscribe)),
          InstanceMethod<&Self::on_client<&Client::flush>>("flush"),
          InstanceMethod<&Self::on_any_client<&Client::flush_cancel>>("flush_cancel", napi_default, data(kQuestion)),
          InstanceMethod<&Self::on_client<&Client::last_mid>>("last_mid"),
          InstanceMethod<&Self::on_client<&Client::last_errno>>("last_errno"),
          InstanceMethod<&Self::on_client<&Client::last_error>>("last_error"),
          InstanceMethod<&Self::on_client<&Client::state>>("state"),
          InstanceMethod<&Self::own<&Self::loop>>("loop", napi_default, data(kLoop)),
          InstanceMethod<&Self::own<&Self::loop_read>>("loop_read", napi_default, data(kMaxPackets)),
          InstanceMethod<&Self::own<&Self::loop_write>>("loop_write", napi_default, data(kMaxPackets)),
          InstanceMethod<&Self::own<&Self::loop_misc>>("loop_misc"),
          InstanceMethod<&Self::on_client<&Client::want_write>>("want_write"),
          InstanceMethod<&Self::on_client<&Client::socket>>("socket"),
          InstanceMethod<&Self::on_client<&Client::threaded_set>>("threaded_set", napi_default, data(kThreaded)),
          InstanceMethod<&Self::on_client<&Client::loop_start>>("loop_start", napi_default, data(kThread)),
          InstanceMethod<&Self::on_client<&Client::loop_stop>>("loop_stop", napi_default, data(kForce)),
          InstanceMethod<&Self::on_client<&Client::loop_forever>>("loop_forever"),
          InstanceMethod<&Self::on_client<&Client::will_set>>("will_set", napi_default, data(kMessage)),
          InstanceMethod<&Self::on_client<&Client::will_clear>>("will_clear"),
          InstanceMethod<&Self::on_client<&Client::username_pw_set>>("username_pw_set", napi_default, data(kUsername)),
          InstanceMethod<&Self::on_client<&Client::ext_auth_continue>>("ext_auth_continue", napi_default, data(kAuth)),
          InstanceMethod<&Self::on_client<&Client::ext_auth_result>>("ext_auth_result", napi_default, data(kRc)),
          InstanceMethod<&Self::on_client<&Client::socks5_set>>("socks5_set", napi_default, data(kSocks)),
          InstanceMethod<&Self::on_client<&Client::tls_set>>("tls_set", napi_default, data(kTls)),
          InstanceMethod<&Self::on_client<&Client::tls_insecure_set>>("tls_insecure_set", napi_default, data(kValue)),
          InstanceMethod<&Self::on_client<&Client::tls_wanted>>("tls_wanted"),
          InstanceMethod<&Self::on_client<&Client::tls_opts_set>>("tls_opts_set", napi_default, data(kTlsOpts)),
          InstanceMethod<&Self::on_client<&Client::tls_psk_set>>("tls_psk_set", napi_default, data(kPsk)),
          InstanceMethod<&Self::on_client<&Client::tls_crl_set>>("tls_crl_set", napi_default, data(kCrl)),
          InstanceMethod<&Self::on_client<&Client::int_option>>("int_option", napi_default, data(kOption)),
          InstanceMethod<&Self::on_client<&Client::string_option>>("string_option", napi_default, data(kOption)),
          InstanceMethod<&Self::on_client<&Client::max_packet_size_set>>("max_packet_size_set", napi_default,
                                                                         data(kBytes)),
          InstanceMethod<&Self::on_client<&Client::connect_timeout_set>>("connect_timeout_set", napi_default,
                                                                         data(kSeconds)),
          InstanceMethod<&Self::on_client<&Client::pre_connect_done>>("pre_connect_done"),
          InstanceMethod<&Self::on_client<&Client::reconnect_delay_set>>("reconnect_delay_set", napi_default,
                                                                         data(kDelay)),
          InstanceMethod<&Self::on_client<&Client::max_inflight_messages_set>>("max_inflight_messages_set",
                                                                               napi_default, data(kMax)),
          InstanceMethod<&Self::on_client<&Client::listen>>("listen", napi_default, data(kMask)),
          InstanceMethod<&Self::own<&Self::ref>>("ref"),
          InstanceMethod<&Self::own<&Self::unref>>("unref"),
      });
}

ClientWrap::ClientWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ClientWrap>(info), environment_(Environment::of(info.Env())) {
  const std::optional<Text> client_id = to_optional_text(info[0], {1, kConstructor[0]});
  const bool clean_session = to_boolean(info[1], {2, kConstructor[1]});
  // A program that asks for a configuration may count on what it forbids.
  if (!openssl_failure().empty()) throw mosquitto_error(info.Env(), MOSQ_ERR_TLS, openssl_failure());
  try {
    client_ = std::make_unique<Client>(static_cast<ClientOwner&>(*this), client_id, clean_session);
  } catch (const std::system_error& error) {
    throw mosquitto_error(info.Env(), error.code().value() == ENOMEM ? MOSQ_ERR_NOMEM : MOSQ_ERR_INVAL,
                          "mosquitto_new");
  }
  environment_.add(*this);
}

}  // namespace libmosquitto
