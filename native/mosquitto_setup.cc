#include "mosquitto_setup.h"

#include <array>
#include <cstdlib>
#include <mutex>

#include <strings.h>
#include <uv.h>

#ifndef LIBMOSQUITTO_SYSTEM
#include "libmosquitto/repairs/openssl_config.h"
#include "system_setup.h"
#endif

namespace libmosquitto {
namespace {

// The system's library uses the system's OpenSSL, which reads its own configuration.
#ifndef LIBMOSQUITTO_SYSTEM
constexpr const char* kConfigurationVariable = "LIBMOSQUITTO_OPENSSL_CONF";

// Returns why the OpenSSL configuration that the environment names cannot be loaded; empty when it can, or none is
// named.
std::string configure_openssl() {
  const char* file = std::getenv(kConfigurationVariable);
  if (file != nullptr && *file == '\0') file = nullptr;
  if (file != nullptr && !trusts_environment()) {
    return std::string(kConfigurationVariable) + " is not read in a process with more rights than its user";
  }
  std::array<char, 256> reason{};
  if (openssl_configure(file, reason.data(), reason.size()) != 0) return {};
  return std::string(kConfigurationVariable) + ": " + (file == nullptr ? "" : file) + ": " + reason.data();
}
#else
std::string configure_openssl() { return {}; }
#endif

}  // namespace

const std::string& openssl_failure() {
  static const std::string failure = configure_openssl();
  return failure;
}

int initialise_library() {
  static std::once_flag once;
  static int rc = MOSQ_ERR_SUCCESS;
  std::call_once(once, [] {
    openssl_failure();
    rc = mosquitto_lib_init();
#ifndef LIBMOSQUITTO_SYSTEM
    repairs_initialise();
#endif
  });
  return rc;
}

// A persistent session of the broker may have an unfinished message of an earlier process, and would take one of the
// same id for it. A clean session has none. The system's library counts up with each call, also with one that is
// refused.
void begin_ids(mosquitto* handle, [[maybe_unused]] bool clean_session) {
  uint16_t last = 0;
  if (uv_random(nullptr, nullptr, &last, sizeof last, 0, nullptr) != 0) return;
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_begin_ids(handle, last);
#else
  if (clean_session) return;
  for (uint16_t id = 0; id < last; id++) mosquitto_publish(handle, nullptr, "id", 0, nullptr, 0, false);
#endif
}

int check_all_properties(int command, const mosquitto_property* properties) {
#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
  char* topic = nullptr;
  if (mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false) != nullptr) {
    const bool empty = topic == nullptr || *topic == '\0';
    const bool valid = !empty && mosquitto_pub_topic_check(topic) == MOSQ_ERR_SUCCESS;
    free_library_memory(topic);
    if (!valid) return MOSQ_ERR_PROTOCOL;
  }
#endif
  return mosquitto_property_check_all(command, properties);
}

#if LIBMOSQUITTO_VERSION_NUMBER < 2001000

int mosquitto_topic_matches_sub_with_pattern(const char* /*sub*/, const char* /*topic*/, const char* /*clientid*/,
                                             const char* /*username*/, bool* /*result*/) {
  return MOSQ_ERR_NOT_SUPPORTED;
}

int mosquitto_sub_matches_acl(const char* /*acl*/, const char* /*sub*/, bool* /*result*/) {
  return MOSQ_ERR_NOT_SUPPORTED;
}

int mosquitto_sub_matches_acl_with_pattern(const char* /*acl*/, const char* /*sub*/, const char* /*clientid*/,
                                           const char* /*username*/, bool* /*result*/) {
  return MOSQ_ERR_NOT_SUPPORTED;
}

// Lengths are returned as negative numbers, which no length is.
int mosquitto_property_get_length_all(const mosquitto_property* /*properties*/) { return -MOSQ_ERR_NOT_SUPPORTED; }

int mosquitto_property_get_remaining_length(const mosquitto_property* /*properties*/) {
  return -MOSQ_ERR_NOT_SUPPORTED;
}

// A byte encodes seven bits.
unsigned int mosquitto_varint_bytes(uint32_t word) {
  unsigned int bytes = 1;
  for (uint32_t rest = word >> 7; rest != 0; rest >>= 7) bytes++;
  return bytes;
}

// 2.0 does not know the names of two packets.
int mosquitto_string_to_command(const char* name, int* command) {
  if (strcasecmp(name, "suback") == 0) {
    *command = CMD_SUBACK;
  } else if (strcasecmp(name, "unsuback") == 0) {
    *command = CMD_UNSUBACK;
  } else {
    return ::mosquitto_string_to_command(name, command);
  }
  return MOSQ_ERR_SUCCESS;
}

#endif

}  // namespace libmosquitto
