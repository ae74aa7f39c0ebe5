#include "mosquitto_setup.h"

#include <mutex>

#include <strings.h>

namespace libmosquitto {

int initialise_library() {
  static std::once_flag once;
  static int rc = MOSQ_ERR_SUCCESS;
  std::call_once(once, [] {
    rc = mosquitto_lib_init();
#ifndef LIBMOSQUITTO_SYSTEM
    repairs_initialise();
#endif
  });
  return rc;
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

// Lengths: negative, as no length is.
int mosquitto_property_get_length_all(const mosquitto_property* /*properties*/) { return -MOSQ_ERR_NOT_SUPPORTED; }

int mosquitto_property_get_remaining_length(const mosquitto_property* /*properties*/) {
  return -MOSQ_ERR_NOT_SUPPORTED;
}

// Seven bits to a byte.
unsigned int mosquitto_varint_bytes(uint32_t word) {
  unsigned int bytes = 1;
  for (uint32_t rest = word >> 7; rest != 0; rest >>= 7) bytes++;
  return bytes;
}

// 2.0 has forgotten two packets.
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
