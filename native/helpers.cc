#include "helpers.h"

#include "convert/binder.h"
#include "mosquitto_setup.h"

namespace libmosquitto {
namespace {

constexpr const char* kRc[] = {"rc"};
constexpr const char* kCode[] = {"code"};
constexpr const char* kSubTopic[] = {"sub", "topic"};

// For MOSQ_ERR_ERRNO the library explains errno, which Node has used for other things
// by the time that JavaScript asks.
const char* strerror(int32_t rc) {
  return rc == MOSQ_ERR_ERRNO ? "A system call failed, see last_errno." : mosquitto_strerror(rc);
}

const char* connack_string(int32_t code) { return mosquitto_connack_string(code); }

// 1: matches, 0: does not, negative: -MOSQ_ERR_*.
int topic_matches_sub(const Text& sub, const Text& topic) {
  bool matches = false;
  const int rc = mosquitto_topic_matches_sub(sub.c_str(), topic.c_str(), &matches);
  if (rc != MOSQ_ERR_SUCCESS) return -rc;
  return matches ? 1 : 0;
}

Napi::Value lib_version(const Napi::CallbackInfo& info) {
  int major = 0;
  int minor = 0;
  int revision = 0;
  const int number = mosquitto_lib_version(&major, &minor, &revision);
  const Napi::Object version = Napi::Object::New(info.Env());
  version.Set("major", major);
  version.Set("minor", minor);
  version.Set("revision", revision);
  version.Set("number", number);
  return version;
}

}  // namespace

void export_helpers(const Napi::Env& env, Napi::Object& exports) {
  exports.Set("lib_version", Napi::Function::New<lib_version>(env, "lib_version"));
  exports.Set("strerror", bind_function<strerror>(env, "strerror", kRc));
  exports.Set("connack_string", bind_function<connack_string>(env, "connack_string", kCode));
  exports.Set("topic_matches_sub", bind_function<topic_matches_sub>(env, "topic_matches_sub", kSubTopic));
}

}  // namespace libmosquitto
