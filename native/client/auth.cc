#include "client/client.h"

#include <cstdint>
#include <cstring>

namespace libmosquitto {

int Client::username_pw_set(const std::optional<Text>& username, const TextOrBytes& password) {
  // Longer ones do not fit into CONNECT; libmosquitto would send a broken packet.
  if (username && username->size() > UINT16_MAX) return MOSQ_ERR_INVAL;
  if (password.c_str() != nullptr && std::strlen(password.c_str()) > UINT16_MAX) return MOSQ_ERR_INVAL;
  // The library forgets the earlier ones before it looks at the name.
  if (username) {
    const int rc = mosquitto_validate_utf8(username->c_str(), static_cast<int>(username->size()));
    if (rc != MOSQ_ERR_SUCCESS) return rc;
  }
  const std::lock_guard lock(mutex_);
  return checked(set_credentials(handle_, c_string(username), password.c_str()));
}

}  // namespace libmosquitto
