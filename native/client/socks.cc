#include "client/client.h"

namespace libmosquitto {

int Client::socks5_set(const char* host, int port, const char* username, const char* password) {
  // A proxy that asks for a password gets an empty one: the library follows the pointer.
  if (username != nullptr && password == nullptr) password = "";
  const std::lock_guard lock(mutex_);
  const int rc = checked(mosquitto_socks5_set(handle_, host, port, username, password));
  // Connections go to the proxy from now on; libmosquitto tells it the broker's address.
  if (rc == MOSQ_ERR_SUCCESS) proxy_ = DialTarget{host, port, {}};
  return rc;
}

}  // namespace libmosquitto
