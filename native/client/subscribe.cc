// subscribe() and unsubscribe(). The number of filters is stored, to check the number of codes in the answer.
#include "client/client.h"

#include <algorithm>
#include <mutex>
#include <numeric>

namespace libmosquitto {
namespace {

// Returns the strings as C takes them; they are valid as long as `texts` is.
std::vector<char*> c_strings(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  return pointers;
}

// libmosquitto 2.0 would send an empty filter. Every version aborts without a filter to unsubscribe from.
bool has_empty(const std::vector<std::string>& texts) {
  return texts.empty() || std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); });
}

// Counts the message id, and each filter with two bytes of length and its options.
uint64_t length_of(const std::vector<std::string>& filters, uint64_t options) {
  return std::accumulate(
      filters.begin(), filters.end(), uint64_t{2},
      [options](uint64_t sum, const std::string& filter) { return sum + 2 + filter.size() + options; });
}

uint32_t key_of(int command, int mid) { return static_cast<uint32_t>(command) << 16U | static_cast<uint32_t>(mid); }

}  // namespace

// Stored until the connection ends, or the mid is used again: a broker may answer twice.
void Client::note_asked(int command, int mid, size_t filters) {
  if (mid != 0) asked_.use()[key_of(command, mid)] = {static_cast<uint32_t>(filters)};
}

void Client::answered(int command, int mid) {
  auto* const asked = asked_.used();
  if (asked == nullptr) return;
  const auto found = asked->find(key_of(command, mid));
  if (found != asked->end()) found->second.answered = true;
}

int32_t Client::unanswered(int command) const {
  return static_cast<int32_t>(std::count_if(asked_->begin(), asked_->end(), [command](const auto& request) {
    return request.first >> 16U == static_cast<uint32_t>(command) && !request.second.answered;
  }));
}

// An answer to no request may have no codes.
uint32_t Client::codes_asked(int command, int mid) const {
  const auto found = asked_->find(key_of(command, mid));
  return found == asked_->end() ? 0 : found->second.filters;
}

int Client::subscribe(const std::vector<Text>& topics, int32_t qos, int32_t options,
                      const Properties<CMD_SUBSCRIBE>& properties) {
  if (has_empty(topics)) return MOSQ_ERR_INVAL;
  const std::vector<char*> filters = c_strings(topics);
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    const bool connected = session_.has_socket();
    if (connected && !has_free_id(session_.handle())) return MQTT_RC_QUOTA_EXCEEDED;
    if (connected && is_oversize(session_.handle(), length_of(topics, 1), properties.get()))
      return MOSQ_ERR_OVERSIZE_PACKET;
    rc = session_.checked(mosquitto_subscribe_multiple(session_.handle(), &mid, static_cast<int>(filters.size()),
                                                       filters.data(), qos, options, properties.get()));
    if (rc == MOSQ_ERR_SUCCESS) note_asked(CMD_SUBSCRIBE, mid, topics.size());
  }
  return sent(rc, mid);
}

int Client::unsubscribe(const std::vector<Text>& topics, const Properties<CMD_UNSUBSCRIBE>& properties) {
  if (has_empty(topics)) return MOSQ_ERR_INVAL;
  const std::vector<char*> filters = c_strings(topics);
  int mid = 0;
  int rc = MOSQ_ERR_SUCCESS;
  {
    const std::lock_guard lock(session_.mutex());
    const bool connected = session_.has_socket();
    if (connected && !has_free_id(session_.handle())) return MQTT_RC_QUOTA_EXCEEDED;
    if (connected && is_oversize(session_.handle(), length_of(topics, 0), properties.get()))
      return MOSQ_ERR_OVERSIZE_PACKET;
    rc = session_.checked(mosquitto_unsubscribe_multiple(session_.handle(), &mid, static_cast<int>(filters.size()),
                                                         filters.data(), properties.get()));
    if (rc == MOSQ_ERR_SUCCESS) note_asked(CMD_UNSUBSCRIBE, mid, topics.size());
  }
  return sent(rc, mid);
}

}  // namespace libmosquitto
