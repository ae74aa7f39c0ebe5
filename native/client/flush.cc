// flush(): tells JavaScript when all messages that were published before the call are confirmed.
#include <mutex>
#include <string>

#include "client/client.h"
#include "client/outcome.h"

namespace libmosquitto {

// Returns the number of the question, which a kFlushed event answers later; 0 when nothing is outstanding; a negative
// MOSQ_ERR_* when nothing will confirm the messages.
int Client::flush() {
  if (!loop_.running() || loop_.phase().stopping()) return -MOSQ_ERR_INVAL;
  const std::lock_guard lock(session_.mutex());
  if (publications_->outstanding.oldest() == 0) return 0;
  if (loop_.phase().done()) return -MOSQ_ERR_NO_CONN;
  Publications& publications = publications_.use();
  const int32_t question = publications.newest_flush == INT32_MAX ? 1 : publications.newest_flush + 1;
  publications.flushes.push_back({question, publications.outstanding.newest(), MOSQ_ERR_SUCCESS});
  return publications.newest_flush = question;
}

void Client::flush_cancel(int32_t question) {
  const std::lock_guard lock(session_.mutex());
  if (Publications* const publications = publications_.used()) publications->cancel(question);
}

void Client::confirmed(int mid, int reason_code) {
  Publications* const publications = publications_.used();
  if (publications == nullptr) return;
  // libmosquitto alone gives these two reasons, for a message that it does not send.
  const bool discarded = reason_code == MQTT_RC_PACKET_TOO_LARGE || reason_code == MQTT_RC_QOS_NOT_SUPPORTED;
  publications->outstanding.finished(mid, !discarded);
  if (!publications->flushes.empty()) answer_flushes(*publications);
}

void Client::answer_flushes(Publications& publications) {
  const uint64_t oldest = publications.outstanding.oldest();
  std::vector<Flush>& flushes = publications.flushes;
  while (!flushes.empty() && (oldest == 0 || flushes.front().newest < oldest)) {
    const Flush flush = flushes.front();
    flushes.erase(flushes.begin());
    session_.record(flushed_record(flush.question, flush.rc));
  }
}

// Returns how many messages of QoS 0 were not written.
uint64_t Client::drop_unwritten(Publications& publications) {
  const Outstanding::Dropped dropped = publications.outstanding.connection_ended();
  if (dropped.messages == 0 || publications.flushes.empty()) return dropped.messages;
  for (Flush& flush : publications.flushes) {
    if (flush.newest >= dropped.oldest) flush.rc = MOSQ_ERR_CONN_LOST;
  }
  answer_flushes(publications);
  return dropped.messages;
}

void Client::connection_ended() {
  Publications* const publications = publications_.used();
  const auto messages = static_cast<int32_t>(publications == nullptr ? 0 : drop_unwritten(*publications));
  const int32_t subscribes = unanswered(CMD_SUBSCRIBE);
  const int32_t unsubscribes = unanswered(CMD_UNSUBSCRIBE);
  asked_.reset();
  if (messages == 0 && subscribes == 0 && unsubscribes == 0) return;
  session_.log(MOSQ_LOG_NOTICE, "Lost with the connection to " + place_of(connection_.target()) +
                                    ": messages of QoS 0: " + std::to_string(messages) +
                                    ", SUBSCRIBEs: " + std::to_string(subscribes) +
                                    ", UNSUBSCRIBEs: " + std::to_string(unsubscribes) + ".");
  session_.record(dropped_record(messages, subscribes, unsubscribes));
}

// The loop has ended, and nothing confirms the outstanding messages any more.
void Client::end_flushes(int rc) {
  Publications* const publications = publications_.used();
  if (publications == nullptr) return;
  for (const Flush& flush : publications->flushes) session_.record(flushed_record(flush.question, rc));
  publications->flushes.clear();
}

}  // namespace libmosquitto
