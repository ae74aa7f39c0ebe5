#include "client/client.h"

namespace libmosquitto {

int Client::username_pw_set(const char* username, const char* password) {
  const std::lock_guard lock(mutex_);
  return checked(mosquitto_username_pw_set(handle_, username, password));
}

}  // namespace libmosquitto
