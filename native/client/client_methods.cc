// Defines the JavaScript class of a client: its constructor, and the table of its methods with the names of their
// arguments. client_wrap.cc has the methods that deliver events.
#include <cerrno>
#include <system_error>

#include "client/argument_names.h"
#include "client/client_wrap.h"
#include "convert/arguments.h"
#include "convert/binder.h"
#include "convert/errors.h"
#include "convert/properties.h"
#include "environment.h"

namespace libmosquitto {
using namespace argument_names;

template <ClientWrap::On on, auto Method>
Napi::Value ClientWrap::call(const Napi::CallbackInfo& info) {
  const auto names = static_cast<ArgumentNames>(info.Data());
  using Object = ObjectOf<Method>;
  if constexpr (on == On::kWrap) {
    return call_method<Method>(info, names, [this]() -> ClientWrap& { return *this; });
  } else if constexpr (on == On::kAny) {
    return call_method<Method>(info, names, [this]() -> Client& { return *client_; });
  } else if constexpr (on == On::kConnecting) {
    const int rc = invoke_method<Method>(info, names, [this]() -> Client& { return client(); });
    deliver_tls_failure(rc);
    return to_js(info.Env(), rc);
  } else {
    return call_method<Method>(info, names, [this]() -> Object& { return client().template part<Object>(); });
  }
}

// Unwrapping `this` costs a tenth of publish(). Each client that publishes therefore gets its own `publish` function,
// in front of the class's, which knows its ClientWrap.
Napi::Value ClientWrap::first_publish(const Napi::CallbackInfo& info) {
  const auto own = Napi::Function::New<own_publish>(info.Env(), "publish", this);
  Value().DefineProperty(Napi::PropertyDescriptor::Value("publish", own));
  return call_method<&Client::publish>(info, kPublish, [this]() -> Client& { return client(); });
}

// Only the client's object refers to this function: whoever calls it has the object, which is therefore alive.
Napi::Value ClientWrap::own_publish(const Napi::CallbackInfo& info) {
  auto& self = *static_cast<ClientWrap*>(info.Data());
  return call_method<&Client::publish>(info, kPublish, [&self]() -> Client& { return self.client(); });
}

template <ClientWrap::On on, auto Method, size_t Count>
ClientWrap::Descriptor ClientWrap::method(const char* name, const char* const (&names)[Count]) {
  static_assert(Count == kParametersOf<Method>);
  return InstanceMethod<&ClientWrap::call<on, Method>>(name, napi_default, names_data(names));
}

template <ClientWrap::On on, auto Method>
ClientWrap::Descriptor ClientWrap::method(const char* name) {
  static_assert(kParametersOf<Method> == 0);
  return InstanceMethod<&ClientWrap::call<on, Method>>(name);
}

Napi::Function ClientWrap::define(Napi::Env env) {
  return DefineClass(
      env, "Client",
      {
          method<On::kLive, &Client::reinitialise>("reinitialise", kReinitialise),
          method<On::kAny, &Client::destroy>("destroy"),
          method<On::kConnecting, &Client::connect>("connect", kConnect),
          method<On::kConnecting, &Client::connect_async>("connect_async", kConnectAsync),
          method<On::kConnecting, &Client::connect_srv>("connect_srv", kConnectSrv),
          method<On::kAny, &Client::look_up_pending>("look_up_pending", kLookUpPending),
          method<On::kLive, &Client::server_found>("server_found", kServerFound),
          method<On::kLive, &Client::servers_done>("servers_done", kServersDone),
          method<On::kConnecting, &Client::reconnect>("reconnect"),
          method<On::kConnecting, &Client::reconnect_async>("reconnect_async"),
          method<On::kLive, &Client::disconnect>("disconnect", kDisconnect),
          InstanceMethod<&ClientWrap::first_publish>("publish"),
          method<On::kLive, &Client::subscribe>("subscribe", kSubscribe),
          method<On::kLive, &Client::unsubscribe>("unsubscribe", kUnsubscribe),
          method<On::kLive, &Client::flush>("flush"),
          method<On::kAny, &Client::flush_cancel>("flush_cancel", kFlushCancel),
          method<On::kLive, &Client::last_mid>("last_mid"),
          method<On::kLive, &Client::last_errno>("last_errno"),
          method<On::kLive, &Client::last_error>("last_error"),
          method<On::kLive, &Client::state>("state"),
          method<On::kWrap, &ClientWrap::loop>("loop", kLoop),
          method<On::kWrap, &ClientWrap::loop_read>("loop_read", kLoopRead),
          method<On::kWrap, &ClientWrap::loop_write>("loop_write", kLoopWrite),
          method<On::kWrap, &ClientWrap::loop_misc>("loop_misc"),
          method<On::kLive, &Client::want_write>("want_write"),
          method<On::kLive, &Client::socket>("socket"),
          method<On::kLive, &Writer::threaded_set>("threaded_set", kThreadedSet),
          method<On::kLive, &Client::loop_start>("loop_start", kLoopStart),
          method<On::kLive, &Client::loop_stop>("loop_stop", kLoopStop),
          method<On::kLive, &Client::loop_forever>("loop_forever"),
          method<On::kLive, &Client::will_set>("will_set", kWillSet),
          method<On::kLive, &Client::will_clear>("will_clear"),
          method<On::kLive, &Client::username_pw_set>("username_pw_set", kUsernamePwSet),
          method<On::kLive, &Client::ext_auth_continue>("ext_auth_continue", kExtAuthContinue),
          method<On::kLive, &Client::ext_auth_result>("ext_auth_result", kExtAuthResult),
          method<On::kLive, &Proxy::socks5_set>("socks5_set", kSocks5Set),
          method<On::kLive, &TlsSettings::tls_set>("tls_set", kTlsSet),
          method<On::kLive, &TlsSettings::tls_insecure_set>("tls_insecure_set", kTlsInsecureSet),
          method<On::kLive, &TlsSettings::tls_wanted>("tls_wanted"),
          method<On::kLive, &TlsSettings::tls_opts_set>("tls_opts_set", kTlsOptsSet),
          method<On::kLive, &TlsSettings::tls_psk_set>("tls_psk_set", kTlsPskSet),
          method<On::kLive, &TlsSettings::tls_crl_set>("tls_crl_set", kTlsCrlSet),
          method<On::kLive, &Client::int_option>("int_option", kIntOption),
          method<On::kLive, &Client::string_option>("string_option", kStringOption),
          method<On::kLive, &Client::max_packet_size_set>("max_packet_size_set", kMaxPacketSizeSet),
          method<On::kLive, &Client::connect_timeout_set>("connect_timeout_set", kConnectTimeoutSet),
          method<On::kLive, &Client::pre_connect_done>("pre_connect_done"),
          method<On::kLive, &Client::reconnect_delay_set>("reconnect_delay_set", kReconnectDelaySet),
          method<On::kLive, &Client::max_inflight_messages_set>("max_inflight_messages_set", kMaxInflightMessagesSet),
          method<On::kLive, &Client::max_queued_messages_set>("max_queued_messages_set", kMaxQueuedMessagesSet),
          method<On::kLive, &Client::stats>("stats"),
          method<On::kLive, &Client::listen>("listen", kListen),
          method<On::kWrap, &ClientWrap::ref>("ref"),
          method<On::kWrap, &ClientWrap::unref>("unref"),
      });
}

ClientWrap::ClientWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ClientWrap>(info), environment_(Environment::of(info.Env())) {
  const std::optional<Text> client_id = to_optional_text(info[0], {1, kConstructed[0]});
  const bool clean_session = to_boolean(info[1], {2, kConstructed[1]});
  // A program that asks for a configuration of OpenSSL may count on its restrictions.
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
