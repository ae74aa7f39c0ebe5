#include "build_info.h"

#include <memory>

#include "driver/libc_hooks.h"
#include "mosquitto_setup.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include "driver/system_library.h"
#else
// Declared here because <openssl/crypto.h> in Node's include folder belongs to another version.
extern "C" const char* OpenSSL_version(int type);
#endif

namespace libmosquitto {
namespace {

#ifdef LIBMOSQUITTO_SYSTEM

constexpr const char* kLinkage = "system";

// The system's libmosquitto chooses the copy of OpenSSL. The function is looked up where that library would look.
const char* openssl_version() {
  auto* const version = library_function<const char*(int)>("OpenSSL_version");
  return version == nullptr ? "" : version(0);
}

#else

constexpr const char* kLinkage = "static";

const char* openssl_version() { return OpenSSL_version(0); }

#endif

using Handle = std::unique_ptr<mosquitto, decltype(&mosquitto_destroy)>;

Handle scratch() { return {mosquitto_new(nullptr, true, nullptr), mosquitto_destroy}; }

bool supports_unix_sockets() {
  const Handle handle = scratch();
  const ConnectionScope refuse;
  mosquitto_connect(handle.get(), "/", 0, 60);
  return refuse.reached();
}

bool supports_websockets() {
  return mosquitto_int_option(scratch().get(), kTransportOption, kTransportWebSockets) == MOSQ_ERR_SUCCESS;
}

// The library itself is asked, since the system's may be anybody's build.
Napi::Object features(const Napi::Env& env) {
  const auto supported = [](int rc) { return rc != MOSQ_ERR_NOT_SUPPORTED; };
  const Handle handle = scratch();
  const Napi::Object features = Napi::Object::New(env);
  features.Set("tls", supported(mosquitto_tls_insecure_set(handle.get(), false)));
  features.Set("tls_psk", supported(mosquitto_tls_psk_set(scratch().get(), "00", "probe", nullptr)));
  features.Set("socks", supported(mosquitto_socks5_set(handle.get(), nullptr, 1080, nullptr, nullptr)));
  features.Set("websockets", supports_websockets());
  features.Set("unix_sockets", supports_unix_sockets());
  features.Set("threads", supported(mosquitto_loop_stop(handle.get(), false)));
  return features;
}

}  // namespace

Napi::Value build_info(const Napi::CallbackInfo& info) {
  initialise_library();
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("libmosquitto", LIBMOSQUITTO_EXACT_VERSION);
  result.Set("reviewed", LIBMOSQUITTO_REVIEWED);
  result.Set("linkage", kLinkage);
  result.Set("openssl", openssl_version());
  result.Set("features", features(info.Env()));
  return result;
}

}  // namespace libmosquitto
