// The functions of libcommon_properties.h that describe properties.
#include "convert/binder.h"
#include "convert/properties.h"
#include "helpers.h"
#include "mosquitto_setup.h"

namespace libmosquitto {
namespace {

constexpr const char* kName[] = {"name"};
constexpr const char* kIdentifier[] = {"identifier"};
constexpr const char* kCommandIdentifier[] = {"command", "identifier"};
constexpr const char* kCommandProperties[] = {"command", "properties"};
constexpr const char* kProperties[] = {"properties"};
constexpr const char* kWord[] = {"word"};

using AnyProperties = Properties<kAnyPacket>;

// Returns { identifier, type }, or null for an unknown name.
Napi::Value string_to_property_info(const Napi::CallbackInfo& info) {
  const Text name = to_text(info[0], {1, *kName});
  int identifier = 0;
  int type = 0;
  const int rc = mosquitto_string_to_property_info(name.c_str(), &identifier, &type);
  if (rc != MOSQ_ERR_SUCCESS) return info.Env().Null();
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("identifier", identifier);
  result.Set("type", type);
  return result;
}

// Returns '' when no property has that identifier.
const char* property_identifier_to_string(int32_t identifier) {
  const char* name = mosquitto_property_identifier_to_string(identifier);
  return name == nullptr ? "" : name;
}

int property_check_command(int32_t command, int32_t identifier) {
  return mosquitto_property_check_command(command, identifier);
}

int property_check_all(int32_t command, const AnyProperties& properties) {
  return check_all_properties(command, properties.get());
}

// This function and the next return -MOSQ_ERR_NOT_SUPPORTED as a negative length.
int property_get_length_all(const AnyProperties& properties) {
  return static_cast<int>(mosquitto_property_get_length_all(properties.get()));
}

int property_get_remaining_length(const AnyProperties& properties) {
  return static_cast<int>(mosquitto_property_get_remaining_length(properties.get()));
}

int varint_bytes(int32_t word) { return static_cast<int>(mosquitto_varint_bytes(static_cast<uint32_t>(word))); }

}  // namespace

void export_property_helpers(const Napi::Env& env, Napi::Object& exports) {
  exports.Set("string_to_property_info", Napi::Function::New<string_to_property_info>(env, "string_to_property_info"));
  exports.Set("property_identifier_to_string",
              bind_function<property_identifier_to_string>(env, "property_identifier_to_string", kIdentifier));
  exports.Set("property_check_command",
              bind_function<property_check_command>(env, "property_check_command", kCommandIdentifier));
  exports.Set("property_check_all", bind_function<property_check_all>(env, "property_check_all", kCommandProperties));
  exports.Set("property_get_length_all",
              bind_function<property_get_length_all>(env, "property_get_length_all", kProperties));
  exports.Set("property_get_remaining_length",
              bind_function<property_get_remaining_length>(env, "property_get_remaining_length", kProperties));
  exports.Set("varint_bytes", bind_function<varint_bytes>(env, "varint_bytes", kWord));
}

}  // namespace libmosquitto
