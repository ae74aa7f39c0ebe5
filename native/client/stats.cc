// Counts what a client has sent, received and not finished, for stats() and max_queued_messages_set().
#include <mutex>
#include <string>

#include "client/client.h"

namespace libmosquitto {
namespace {

std::string limit_in_words(uint64_t limit) { return limit == 0 ? "no limit" : "limit " + std::to_string(limit); }

}  // namespace

std::array<Figure, 10> Client::stats() {
  const std::lock_guard lock(session_.mutex());
  const Outstanding& outstanding = publications_->outstanding;
  return {{
      {"messages_received", received_.messages},
      {"bytes_received", received_.bytes},
      {"messages_sent", outstanding.sent().messages},
      {"bytes_sent", outstanding.sent().bytes},
      {"dropped", outstanding.dropped()},
      {"reconnects", accepted_ == 0 ? 0 : accepted_ - 1},
      {"outgoing_messages", outstanding.messages()},
      {"outgoing_bytes", outstanding.bytes()},
      {"inflight", in_flight(session_.handle(), outstanding.to_acknowledge())},
      {"undelivered_bytes", session_.undelivered()},
  }};
}

int Client::max_queued_messages_set(int64_t messages, int64_t bytes) {
  if (messages < 0 || bytes < 0) return MOSQ_ERR_INVAL;
  const std::lock_guard lock(session_.mutex());
  publications_.use().limit = {static_cast<uint64_t>(messages), static_cast<uint64_t>(bytes)};
  return MOSQ_ERR_SUCCESS;
}

// With the lock held.
int Client::refuse_publication(const Publications& publications, uint64_t size) {
  const Outstanding& outstanding = publications.outstanding;
  session_.set_last_error("The queue is full: publish() has not taken a message of " + std::to_string(size) +
                          " bytes. The queue has " + std::to_string(outstanding.messages()) + " messages (" +
                          limit_in_words(publications.limit.messages) + ") of " + std::to_string(outstanding.bytes()) +
                          " bytes (" + limit_in_words(publications.limit.bytes) + ")");
  return MOSQ_ERR_NOMEM;
}

}  // namespace libmosquitto
