#include "client/session.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>

#include "driver/property_bytes.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

bool is_ascii(std::string_view text) {
  unsigned char any = 0;
  for (const char c : text) any |= static_cast<unsigned char>(c);
  return any < 0x80;
}

}  // namespace

Session::Session(ClientOwner& owner, const char* client_id, bool clean_session, void* userdata) : owner_(owner) {
  if (initialise_library() != MOSQ_ERR_SUCCESS) throw std::system_error(ENOTSUP, std::generic_category());
  if (!is_client_id(client_id)) throw std::system_error(EINVAL, std::generic_category());
  errno = 0;
  handle_ = mosquitto_new(client_id, clean_session, userdata);
  if (handle_ == nullptr) throw std::system_error(errno != 0 ? errno : ENOMEM, std::generic_category());
  configure(clean_session);
}

Session::~Session() { destroy(); }

bool Session::is_client_id(const char* id) {
  if (id == nullptr) return true;
  const size_t length = std::strlen(id);
  return length <= UINT16_MAX && mosquitto_validate_utf8(id, static_cast<int>(length)) == MOSQ_ERR_SUCCESS;
}

int Session::reinitialise(const char* client_id, bool clean_session, void* userdata) {
  release_leftovers(handle_);
  const int rc = checked(mosquitto_reinitialise(handle_, client_id, clean_session, userdata));
  batch_.clear();
  topics_.reset();
  last_error_.reset();
  last_errno_ = 0;
  listening_ = 0;
  end_code_ = 0;
  owes_handlers_ = refused_packet_ = false;
  state_ = HandleState{};
  configure(clean_session);
  return rc;
}

void Session::configure(bool clean_session) {
  begin_ids(handle_, clean_session);
  init_read_ahead(handle_);
  // Without this, on_publish of a message of QoS 0 comes inside mosquitto_publish(), before its mid is known, and
  // whichever thread queued a packet may write it.
  mosquitto_threaded_set(handle_, true);
  // Nagle's algorithm delays small packets by 40 ms.
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
}

void Session::destroy() {
  if (handle_ == nullptr) return;
  release_leftovers(handle_);
  mosquitto_destroy(handle_);
  handle_ = nullptr;
  batch_.clear();
}

int Session::checked(int rc) {
  if (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_EAI) last_errno_ = portable_errno(errno);
  return rc;
}

// A record too large for the memory that is left may leave room for a log line.
bool Session::lose_record() {
  batch_.append(log_record(MOSQ_LOG_ERR, {}));
  end_without_memory();
  return false;
}

void Session::log(int level, const std::string& text) { record(log_record(level, text)); }

bool Session::record_message(const mosquitto_message& message, std::string_view payload, std::string_view properties,
                             bool told) {
  const std::string_view topic(message.topic);
  if (message.qos > 0) owes_handlers_ = true;
  // JavaScript may never see a record that nobody listens to: no later message may refer to its topic.
  const TopicTable::Place place = told ? topics_.use().place(topic) : TopicTable::Place();
  const std::string_view text = place.known ? std::string_view() : topic;
  const int32_t bits = message.qos | (message.retain ? kMessageRetain : 0) | (is_ascii(text) ? kMessageAscii : 0);
  const bool recorded = record(message_record(message.mid, bits, text, payload, properties, place.number));
  // The record was lost, and JavaScript will not hear of this topic.
  if (!recorded) topics_.reset();
  if (recorded && place.number >= 0) batch_.note_topic();
  return recorded;
}

void Session::record_publication(int mid, int reason_code, const mosquitto_property* properties) {
  if (properties != nullptr || wanted(EventKind::kPublish)) {
    const std::string bytes = property_bytes(properties);
    record(publish_record(mid, reason_code, bytes));
  } else if (batch_.bytes() < kHighMark) {
    // A turn of the event loop that does not end must not take all memory.
    batch_.append_publication(mid, reason_code);
  }
}

void Session::end_without_memory() {
  const int fd = socket();
  if (fd < 0) return;
  end_code_ = MOSQ_ERR_NOMEM;
  ::shutdown(fd, kShutBoth);
}

bool Session::make_room(uint64_t bytes, uint64_t properties) {
  constexpr uint64_t kWords = 8 * sizeof(int32_t);
  // A record's properties take at most three times their length in the packet, and as much while they are encoded.
  const uint64_t length = kWords + bytes + 3 * properties;
  if (!batch_.reserve(length)) return false;
  if (properties == 0) return true;
  return std::unique_ptr<char[]>(new (std::nothrow) char[6 * properties]) != nullptr;
}

void Session::refuse_packet() {
  refused_packet_ = true;
  end_code_ = MOSQ_ERR_PROTOCOL;
}

bool Session::take(EventChunk& chunk) {
  if (batch_.take_full(chunk)) return true;
  const std::lock_guard lock(mutex_);
  if (batch_.take(chunk)) return true;
  owes_handlers_ = false;
  return false;
}

}  // namespace libmosquitto
