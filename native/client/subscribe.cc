#include "client/client.h"

namespace libmosquitto {

int Client::subscribe(const std::string& topic, int qos) {
  if (topic.empty()) return MOSQ_ERR_INVAL;  // libmosquitto 2.0 would send it
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(mutex_);
    rc = checked(mosquitto_subscribe(handle_, &mid, topic.c_str(), qos));
  }
  return sent(rc, mid);
}

int Client::unsubscribe(const std::string& topic) {
  if (topic.empty()) return MOSQ_ERR_INVAL;
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(mutex_);
    rc = checked(mosquitto_unsubscribe(handle_, &mid, topic.c_str()));
  }
  return sent(rc, mid);
}

}  // namespace libmosquitto
