// Setters of the will and the credentials, and the calls of MQTT 5's extended authentication.
#include <cstdint>
#include <cstring>
#include <mutex>

#include "client/client.h"

namespace libmosquitto {

int Client::will_set(const Text& topic, const Payload& message, int32_t qos, bool retain,
                     Properties<CMD_WILL>& properties) {
  const std::string_view payload = message.bytes();
  // libmosquitto takes any QoS, a payload that is too long for CONNECT, and (2.0) an empty topic. It then sends a
  // packet that no broker understands.
  if (qos < 0 || qos > 2 || topic.empty()) return MOSQ_ERR_INVAL;
  if (payload.size() > UINT16_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  const std::lock_guard lock(session_.mutex());
  const int rc = session_.checked(
      mosquitto_will_set_v5(session_.handle(), topic.c_str(), static_cast<int>(payload.size()),
                            payload.empty() ? nullptr : payload.data(), qos, retain, properties.get()));
  if (rc == MOSQ_ERR_SUCCESS) properties.list.release();
  return rc;
}

int Client::will_clear() {
  const std::lock_guard lock(session_.mutex());
  return session_.checked(mosquitto_will_clear(session_.handle()));
}

int Client::username_pw_set(const std::optional<Text>& username, const TextOrBytes& password) {
  // Longer values do not fit into CONNECT: libmosquitto would send a broken packet.
  if (username && username->size() > UINT16_MAX) return MOSQ_ERR_INVAL;
  if (password.c_str() != nullptr && std::strlen(password.c_str()) > UINT16_MAX) return MOSQ_ERR_INVAL;
  // The library forgets the earlier credentials before it checks the name.
  if (username) {
    const int rc = mosquitto_validate_utf8(username->c_str(), static_cast<int>(username->size()));
    if (rc != MOSQ_ERR_SUCCESS) return rc;
  }
  const std::lock_guard lock(session_.mutex());
  return session_.checked(set_credentials(session_.handle(), c_string(username), password.c_str()));
}

int Client::ext_auth_continue(const Text& method, const Payload& payload, const Properties<CMD_AUTH>& properties) {
  const std::string_view data = payload.bytes();
  if (!kExtendedAuth) return MOSQ_ERR_NOT_SUPPORTED;
  if (data.size() > UINT16_MAX) return MOSQ_ERR_INVAL;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    if (!session_.has_socket()) return MOSQ_ERR_NO_CONN;
    if (!may_authenticate(session_.handle())) return MOSQ_ERR_PROTOCOL;
    rc = session_.checked(send_auth(session_.handle(), method.c_str(), data.data(), static_cast<uint16_t>(data.size()),
                                    properties.get()));
  }
  if (rc == MOSQ_ERR_SUCCESS) writer_.packet_queued();
  return rc;
}

void Client::ext_auth_result(int32_t rc) {
  {
    const std::lock_guard lock(session_.mutex());
    if (!connection_.answer_authentication(rc)) return;
  }
  writer_.packet_queued();
}

}  // namespace libmosquitto
