#include "client/client.h"

#include <climits>

namespace libmosquitto {

int Client::publish(const Text& topic, const Payload& message, int32_t qos, bool retain,
                    const Properties<CMD_PUBLISH>& message_properties) {
  const std::string_view payload = message.bytes();
  const mosquitto_property* const properties = message_properties.get();
  if (payload.size() > INT_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(mutex_);
    const uint64_t length = 2 + topic.size() + (qos > 0 ? 2 : 0) + payload.size();
    if (!has_free_id(handle_)) return MQTT_RC_QUOTA_EXCEEDED;
    if (is_oversize(handle_, length, properties)) return MOSQ_ERR_OVERSIZE_PACKET;
    uint16_t alias = 0;
    if (properties != nullptr) mosquitto_property_read_int16(properties, MQTT_PROP_TOPIC_ALIAS, &alias, false);
    const bool by_alias = alias != 0 && topic.empty() && qos > 0;
    const std::string* const known = by_alias ? topic_of_alias(alias) : nullptr;
    // The broker would refuse it, and it would come again in each later connection.
    if (by_alias && known == nullptr) return MOSQ_ERR_INVAL;
    Outstanding& outstanding = publications_.use().outstanding;
    outstanding.begin();
    rc = checked(mosquitto_publish_v5(handle_, &mid, topic.c_str(), static_cast<int>(payload.size()), payload.data(),
                                      qos, retain, properties));
    // libmosquitto says so only while there is room for one more message in flight.
    if (rc == MOSQ_ERR_SUCCESS && qos > 0 && mosquitto_socket(handle_) < 0) rc = MOSQ_ERR_NO_CONN;
    // A message of QoS 1 or 2 is kept without a connection.
    const bool taken = rc == MOSQ_ERR_SUCCESS || (rc == MOSQ_ERR_NO_CONN && qos > 0);
    if (taken && (rc == MOSQ_ERR_SUCCESS || mid != 0)) outstanding.published(mid, qos > 0);
    if (taken && by_alias && !keep_topic(handle_, mid, known->c_str())) rc = MOSQ_ERR_NOMEM;
    if (taken && alias != 0 && !topic.empty()) aliases_.use()[alias] = topic;
  }
  return sent(rc, mid, qos > 0 ? SendBurst::Packet::kAcknowledged : SendBurst::Packet::kPlain);
}

// Null for an alias that was not given in this connection.
const std::string* Client::topic_of_alias(uint16_t alias) const {
  const auto found = aliases_->find(alias);
  return found == aliases_->end() ? nullptr : &found->second;
}

// After a call that queued a packet, or refused to.
int Client::sent(int rc, int mid, SendBurst::Packet packet) {
  // A QoS 1 or 2 message gets its mid and is kept although there is no connection.
  if (mid != 0) last_mid_ = mid;
  if (rc == MOSQ_ERR_SUCCESS) push_out(packet);
  return rc;
}

// Sends what is queued: the driver on the event loop does, beside a network thread this one
// in groups, and without a driver this one at once, as libmosquitto without threads. Inside a
// callback it waits, so that an acknowledgement cannot leave before its message's handler has
// returned.
void Client::push_out(SendBurst::Packet packet) {
  if (link_ != nullptr && !link_->delivers()) {
    if (!burst_.running()) owner_.at_turn_end();
    const SendBurst::Step step = burst_.add(packet, link_->looks_again());
    if (step == SendBurst::Step::kWrite) write_beside();
    if (step == SendBurst::Step::kWake) link_->host().wake(*link_);
    return;
  }
  if (link_ != nullptr) {
    link_->wake();
  } else if (threaded_) {
    return;
  }
  if (link_ != nullptr || delivering_) {
    if (burst_.add_in_handler(packet)) write_ahead();
    return;
  }
  const std::lock_guard lock(mutex_);
  if (mosquitto_socket(handle_) < 0) return;
  const int rc = write_now();
  if (rc != MOSQ_ERR_SUCCESS) write_rc_ = rc;
}

bool Client::may_write_directly() const { return accepted_ && !disconnect_requested_ && !authenticating_; }

// Writes what would be written when the handlers have returned; what fails is left to then.
void Client::write_ahead() {
  const std::lock_guard lock(mutex_);
  if (may_write_directly() && !owes_handlers_) write_directly(handle_);
}

// Writes what is queued, beside a network thread, which does what this may not.
void Client::write_beside() {
  bool recorded = false;
  bool done = false;
  {
    const std::lock_guard lock(mutex_);
    // The network thread reads the input that stood behind an AUTH packet, behind its answer.
    done = may_write_directly() && write_directly(handle_) && !input_waits_;
    recorded = due();
  }
  if (!done) link_->host().wake(*link_);
  // A delivery that runs now looks for more when it has ended.
  if (recorded && !delivering_) owner_.events_ready();
}

// The event loop's turn in which packets were queued is over.
void Client::turn_ended() {
  if (burst_.end() && link_ != nullptr && !link_->delivers()) write_beside();
  forget_unheard();
}

}  // namespace libmosquitto
