#include "helpers.h"

#include <string>

#include "convert/binder.h"
#include "mosquitto_setup.h"

namespace libmosquitto {

// A text that is to be checked: the library finds a NUL and a lone surrogate itself.
struct Utf8Candidate {
  Payload payload;
};

template <>
struct Argument<const Utf8Candidate&> {
  Utf8Candidate value;
  Argument(const Napi::Value& from, ArgumentName name) {
    if (from.IsNull() || from.IsUndefined()) throw_wrong_type(name, "a string or Uint8Array", from);
    value.payload = to_payload(from, name);
  }
};

namespace {

constexpr const char* kNothing[] = {nullptr};
constexpr const char* kRc[] = {"rc"};
constexpr const char* kCode[] = {"code"};
constexpr const char* kName[] = {"name"};
constexpr const char* kData[] = {"data"};

int lib_init() { return initialise_library(); }

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

const char* strerror(int32_t rc) {
  // The library would explain errno, which Node has overwritten by the time that JavaScript asks.
  if (rc == MOSQ_ERR_ERRNO) return "A system call failed: see last_error and last_errno.";
  if (rc == MOSQ_ERR_EAI) return "The name look-up failed: see last_error and last_errno.";
  // A code of 128 or more is a reason code of MQTT 5, which 2.0 does not look up here.
  if (rc >= 128) return mosquitto_reason_string(rc);
  return mosquitto_strerror(rc);
}

const char* connack_string(int32_t code) { return mosquitto_connack_string(code); }

const char* reason_string(int32_t code) { return mosquitto_reason_string(code); }

// Returns -1 when no packet has that name.
int string_to_command(const Text& name) {
  int command = 0;
  return mosquitto_string_to_command(name.c_str(), &command) == MOSQ_ERR_SUCCESS ? command : -1;
}

int validate_utf8(const Utf8Candidate& data) {
  const std::string_view bytes = data.payload.bytes();
  // The library has the same limit. It is checked here before the bytes are copied and counted in an int.
  constexpr size_t kLongest = 65536;
  if (bytes.size() > kLongest) return MOSQ_ERR_INVAL;
  // 2.0 reads up to three bytes too far when the last character is cut short. These bytes must be ours, and no part of
  // a character.
  std::string padded(bytes);
  padded.append(3, '\0');
  return mosquitto_validate_utf8(padded.data(), static_cast<int>(bytes.size()));
}

}  // namespace

void export_helpers(const Napi::Env& env, Napi::Object& exports) {
  exports.Set("lib_init", bind_function<lib_init>(env, "lib_init", kNothing));
  exports.Set("lib_version", Napi::Function::New<lib_version>(env, "lib_version"));
  exports.Set("strerror", bind_function<strerror>(env, "strerror", kRc));
  exports.Set("connack_string", bind_function<connack_string>(env, "connack_string", kCode));
  exports.Set("reason_string", bind_function<reason_string>(env, "reason_string", kCode));
  exports.Set("string_to_command", bind_function<string_to_command>(env, "string_to_command", kName));
  exports.Set("validate_utf8", bind_function<validate_utf8>(env, "validate_utf8", kData));
  export_topic_helpers(env, exports);
  export_property_helpers(env, exports);
}

}  // namespace libmosquitto
