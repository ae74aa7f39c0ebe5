// publish(): checks message id, packet size and topic alias, which libmosquitto does not check in full.
#include "client/client.h"

#include <climits>
#include <mutex>

namespace libmosquitto {

int Client::publish(const Text& topic, const Payload& message, int32_t qos, bool retain,
                    const Properties<CMD_PUBLISH>& message_properties) {
  const std::string_view payload = message.bytes();
  const mosquitto_property* const properties = message_properties.get();
  if (payload.size() > INT_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    const uint64_t length = 2 + topic.size() + (qos > 0 ? 2 : 0) + payload.size();
    if (!has_free_id(session_.handle())) return MQTT_RC_QUOTA_EXCEEDED;
    if (is_oversize(session_.handle(), length, properties)) return MOSQ_ERR_OVERSIZE_PACKET;
    uint16_t alias = 0;
    if (properties != nullptr) mosquitto_property_read_int16(properties, MQTT_PROP_TOPIC_ALIAS, &alias, false);
    const bool by_alias = alias != 0 && topic.empty() && qos > 0;
    const std::string* const known = by_alias ? connection_.topic_of_alias(alias) : nullptr;
    // The broker would refuse the message, and the library would send it again in each later connection.
    if (by_alias && known == nullptr) return MOSQ_ERR_INVAL;
    Publications& publications = publications_.use();
    Outstanding& outstanding = publications.outstanding;
    if (publications.is_full(payload.size())) return refuse_publication(publications, payload.size());
    outstanding.begin();
    rc = session_.checked(mosquitto_publish_v5(session_.handle(), &mid, topic.c_str(), static_cast<int>(payload.size()),
                                               payload.data(), qos, retain, properties));
    // libmosquitto returns MOSQ_ERR_NO_CONN only while there is room for one more message in flight.
    if (rc == MOSQ_ERR_SUCCESS && qos > 0 && !session_.has_socket()) rc = MOSQ_ERR_NO_CONN;
    // A message of QoS 1 or 2 is queued without a connection.
    const bool taken = rc == MOSQ_ERR_SUCCESS || (rc == MOSQ_ERR_NO_CONN && qos > 0);
    if (taken && (rc == MOSQ_ERR_SUCCESS || mid != 0))
      outstanding.published(mid, qos > 0, static_cast<uint32_t>(payload.size()));
    if (taken && by_alias && !store_topic(session_.handle(), mid, known->c_str())) rc = MOSQ_ERR_NOMEM;
    if (taken && alias != 0 && !topic.empty()) connection_.give_alias(alias, topic);
  }
  return sent(rc, mid, qos > 0 ? SendBurst::Packet::kAcknowledged : SendBurst::Packet::kPlain);
}

// Called after a call that queued a packet, or refused to.
int Client::sent(int rc, int mid, SendBurst::Packet packet) {
  // A message of QoS 1 or 2 gets its mid and is queued although there is no connection.
  if (mid != 0) last_mid_ = mid;
  if (rc == MOSQ_ERR_SUCCESS) writer_.packet_queued(packet);
  return rc;
}

}  // namespace libmosquitto
