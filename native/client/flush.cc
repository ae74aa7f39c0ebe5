// flush(): tells JavaScript when all that was published before has been confirmed.
#include <algorithm>

#include "client/client.h"

namespace libmosquitto {

// The number of the question, to which a kFlushed event is the answer; 0 when nothing is
// outstanding; a negative MOSQ_ERR_* when nothing will change that.
int32_t Client::flush() {
  if (link_ == nullptr || (stop_when_done_ && !forever_)) return -MOSQ_ERR_INVAL;
  const std::lock_guard lock(mutex_);
  if (outstanding_.oldest() == 0) return 0;
  if (done_) return -MOSQ_ERR_NO_CONN;
  last_flush_ = last_flush_ == INT32_MAX ? 1 : last_flush_ + 1;
  flushes_.push_back({last_flush_, outstanding_.newest(), MOSQ_ERR_SUCCESS});
  return last_flush_;
}

void Client::flush_cancel(int32_t question) {
  const std::lock_guard lock(mutex_);
  flushes_.erase(std::remove_if(flushes_.begin(), flushes_.end(),
                                [question](const Flush& flush) { return flush.question == question; }),
                 flushes_.end());
}

void Client::published(int rc, int mid, int qos) {
  // A message of QoS 1 or 2 is kept without a connection.
  if (rc == MOSQ_ERR_SUCCESS || (rc == MOSQ_ERR_NO_CONN && qos > 0 && mid != 0)) outstanding_.published(mid, qos > 0);
}

void Client::confirmed(int mid) {
  outstanding_.finished(mid);
  if (!flushes_.empty()) answer_flushes();
}

void Client::answer_flushes() {
  const uint64_t oldest = outstanding_.oldest();
  while (!flushes_.empty() && (oldest == 0 || flushes_.front().newest < oldest)) {
    const Flush flush = flushes_.front();
    flushes_.erase(flushes_.begin());
    record(EventKind::kFlushed, {flush.question, flush.rc});
  }
}

// Messages of QoS 0 that were queued are gone.
void Client::drop_unwritten() {
  const uint64_t oldest = outstanding_.connection_ended();
  if (oldest == 0 || flushes_.empty()) return;
  for (Flush& flush : flushes_) {
    if (flush.newest >= oldest) flush.rc = MOSQ_ERR_CONN_LOST;
  }
  answer_flushes();
}

// No loop is there any more to move what is outstanding.
void Client::end_flushes(int rc) {
  for (const Flush& flush : flushes_) record(EventKind::kFlushed, {flush.question, rc});
  flushes_.clear();
}

}  // namespace libmosquitto
