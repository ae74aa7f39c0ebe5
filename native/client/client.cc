#include "client/client.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <system_error>

#include "system_setup.h"

namespace libmosquitto {

namespace {

// C asks for a generated id by NULL; '' is what a user writes.
const char* client_id_of(const std::optional<Text>& id) { return id && !id->empty() ? id->c_str() : nullptr; }

// libmosquitto takes one byte more than the length in CONNECT can say.
bool is_client_id(const char* id) {
  if (id == nullptr) return true;
  const size_t length = std::strlen(id);
  return length <= UINT16_MAX && mosquitto_validate_utf8(id, static_cast<int>(length)) == MOSQ_ERR_SUCCESS;
}

}  // namespace

Client::Client(ClientOwner& owner, const std::optional<Text>& id, bool clean_session) : owner_(owner) {
  const char* const client_id = client_id_of(id);
  if (initialise_library() != MOSQ_ERR_SUCCESS) throw std::system_error(ENOTSUP, std::generic_category());
  if (!is_client_id(client_id)) throw std::system_error(EINVAL, std::generic_category());
  errno = 0;
  handle_ = mosquitto_new(client_id, clean_session, this);
  if (handle_ == nullptr) throw std::system_error(errno != 0 ? errno : ENOMEM, std::generic_category());
  begin_ids(handle_, clean_session);
  configure();
}

Client::~Client() { destroy(); }

void Client::destroy() {
  if (handle_ == nullptr) return;
  drop_dial();
  close_link();
  const std::lock_guard lock(mutex_);
  release_leftovers(handle_);
  mosquitto_destroy(handle_);
  handle_ = nullptr;
  batch_.clear();
  tls_.reset();
}

int Client::reinitialise(const std::optional<Text>& id, bool clean_session) {
  const char* const client_id = client_id_of(id);
  // Refused before anything is stopped or freed: the client stays as it was.
  if (client_id == nullptr && !clean_session) return MOSQ_ERR_INVAL;
  if (!is_client_id(client_id)) return MOSQ_ERR_MALFORMED_UTF8;
  drop_dial();
  close_link();
  const std::lock_guard lock(mutex_);
  release_leftovers(handle_);
  const int rc = checked(mosquitto_reinitialise(handle_, client_id, clean_session, this));
  batch_.clear();
  topics_.reset();
  if (Publications* const publications = publications_.used()) publications->clear();
  aliases_.reset();
  listening_ = 0;
  has_target_ = false;
  target_ = DialTarget{};
  if (ServerList* const servers = servers_.used()) servers->follow({});
  accepted_ = disconnect_requested_ = disconnect_written_ = leaves_early_ = paused_ = done_ = owes_handlers_ = false;
  authenticating_ = began_plain_ = false;
  tls_.reset();
  closing_rc_ = 0;
  asked_.reset();
  too_many_codes_ = false;
  last_error_.reset();
  end_remembered_ = false;
  send_maximum_ = kSendMaximum;
  packet_limit_ = kPacketLimit;
  connect_timeout_ = kConnectTimeout;
  proxy_.reset();
  reconnect_policy_ = ReconnectPolicy{};
  threaded_ = false;
  last_mid_ = write_rc_ = 0;
  last_errno_ = 0;
  begin_ids(handle_, clean_session);
  configure();
  return rc;
}

int Client::checked(int rc) {
  if (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_EAI) last_errno_ = portable_errno(errno);
  return rc;
}

// False when memory ran out: the event is lost.
bool Client::record(EventKind kind, std::initializer_list<int32_t> words,
                    std::initializer_list<std::string_view> bytes) {
  // Nothing that stands behind a packet which is a protocol error.
  if (too_many_codes_ && kind != EventKind::kDisconnect) return true;
  if (batch_.append(kind, words, bytes)) return true;
  // A record too large for the memory that is left may still leave room to say so.
  batch_.append(EventKind::kLog, {MOSQ_LOG_ERR, 0});
  end_without_memory();
  return false;
}

// An event is lost. The connection ends before the acknowledgement of a message, which stands in
// the queue, can leave: the broker sends the message again.
void Client::end_without_memory() {
  const int fd = mosquitto_socket(handle_);
  if (fd < 0) return;
  closing_rc_ = MOSQ_ERR_NOMEM;
  ::shutdown(fd, kShutBoth);
}

bool Client::make_room(uint64_t bytes, uint64_t properties) {
  constexpr uint64_t kWords = 8 * sizeof(int32_t);
  // A record's properties take no more than thrice their length in the packet, and as much while
  // they are brought together.
  const uint64_t length = kWords + bytes + 3 * properties;
  if (!batch_.reserve(length)) return false;
  if (properties == 0) return true;
  return std::unique_ptr<char[]>(new (std::nothrow) char[6 * properties]) != nullptr;
}

void Client::log(int level, const std::string& text) {
  record(EventKind::kLog, {level, static_cast<int32_t>(text.size())}, {text});
}

bool Client::take_events(EventChunk& chunk) {
  if (!batch_.take_full(chunk)) {
    const std::lock_guard lock(mutex_);
    if (!batch_.take(chunk)) {
      owes_handlers_ = false;
      return false;
    }
  }
  // In this order: the driver says that it pauses, and then looks at the bytes.
  if (batch_.bytes() < kLowMark && paused_ && link_ != nullptr) link_->host().wake(*link_);
  return true;
}

bool Client::has_events() const { return !batch_.empty(); }

}  // namespace libmosquitto
