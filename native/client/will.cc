#include "client/client.h"

#include <climits>

namespace libmosquitto {

int Client::will_set(const std::string& topic, std::string_view payload, int qos, bool retain) {
  if (payload.size() > INT_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  const std::lock_guard lock(mutex_);
  return checked(mosquitto_will_set(handle_, topic.c_str(), static_cast<int>(payload.size()),
                                    payload.empty() ? nullptr : payload.data(), qos, retain));
}

int Client::will_clear() {
  const std::lock_guard lock(mutex_);
  return checked(mosquitto_will_clear(handle_));
}

}  // namespace libmosquitto
