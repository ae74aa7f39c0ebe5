// The entry point of the addon: fills the `exports` object that lib/native/load-addon.ts loads.
#include "build_info.h"
#include "client/client_wrap.h"
#include "convert/properties.h"
#include "driver/event_records.h"
#include "environment.h"
#include "helpers.h"
#include "isolation.h"
#include "mosquitto_setup.h"
#include "napi_setup.h"

namespace libmosquitto {
namespace {

// Raises 'uncaughtException' at once: a callback that throws must not stop the callbacks after it.
Napi::Value report_exception(const Napi::CallbackInfo& info) {
  napi_fatal_exception(info.Env(), info[0]);
  return info.Env().Undefined();
}

Napi::Value shutdown(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).stop_clients();
  return info.Env().Undefined();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  if (!library_is_hooked()) {
    throw Napi::Error::New(env,
                           "the system's libmosquitto cannot be isolated: another module of this process has loaded "
                           "it, or this C library has no RTLD_DEEPBIND");
  }
  env.SetInstanceData(new Environment(env));
  exports.Set("Client", ClientWrap::define(env));
  exports.Set("event_records_version", Napi::Number::New(env, kEventRecordsVersion));
  exports.Set("build_info", Napi::Function::New<build_info>(env, "build_info"));
  exports.Set("engine", kHasEngine);
  exports.Set("properties", property_table(env));
  exports.Set("report_exception", Napi::Function::New<report_exception>(env, "report_exception"));
  exports.Set("shutdown", Napi::Function::New<shutdown>(env, "shutdown"));
  export_helpers(env, exports);
  return exports;
}

}  // namespace
}  // namespace libmosquitto

namespace {

Napi::Object init_addon(Napi::Env env, Napi::Object exports) { return libmosquitto::init(env, exports); }

}  // namespace

NODE_API_MODULE(libmosquitto, init_addon)
