#include "client/client.h"

#include <cstdint>

namespace libmosquitto {

int Client::will_set(const Text& topic, const Payload& message, int32_t qos, bool retain,
                     Properties<CMD_WILL>& properties) {
  const std::string_view payload = message.bytes();
  // libmosquitto takes any QoS (2.0: an empty topic), and a payload whose length CONNECT has no room for,
  // and then sends a packet that no broker understands.
  if (qos < 0 || qos > 2 || topic.empty()) return MOSQ_ERR_INVAL;
  if (payload.size() > UINT16_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  const std::lock_guard lock(mutex_);
  const int rc =
      checked(mosquitto_will_set_v5(handle_, topic.c_str(), static_cast<int>(payload.size()),
                                    payload.empty() ? nullptr : payload.data(), qos, retain, properties.get()));
  if (rc == MOSQ_ERR_SUCCESS) properties.list.release();
  return rc;
}

int Client::will_clear() {
  const std::lock_guard lock(mutex_);
  return checked(mosquitto_will_clear(handle_));
}

}  // namespace libmosquitto
