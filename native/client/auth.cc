#include "client/client.h"

#include <cstdint>
#include <cstring>

namespace libmosquitto {

int Client::username_pw_set(const char* username, const char* password) {
  // Longer ones do not fit into CONNECT; libmosquitto would send a broken packet.
  for (const char* const text : {username, password}) {
    if (text != nullptr && std::strlen(text) > UINT16_MAX) return MOSQ_ERR_INVAL;
  }
  // The library forgets the earlier ones before it looks at the name.
  if (username != nullptr) {
    const int rc = mosquitto_validate_utf8(username, static_cast<int>(std::strlen(username)));
    if (rc != MOSQ_ERR_SUCCESS) return rc;
  }
  const std::lock_guard lock(mutex_);
  return checked(set_credentials(handle_, username, password));
}

}  // namespace libmosquitto
