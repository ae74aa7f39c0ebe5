// A client's mosquitto handle, the lock around it, and the events that its callbacks have recorded.
//
// Threads: the lock guards everything, and the caller locks it. take() and forget_unheard() lock it themselves. The
// JavaScript thread needs no lock for destroyed(), wanted() and listens_to(), which only it changes, nor for
// has_events(), undelivered() and last_errno().
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "client/client_mutex.h"
#include "client/rare.h"
#include "driver/event_batch.h"
#include "driver/topic_table.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class ClientOwner;

class Session {
 public:
  // Undelivered bytes above which a client stops reading (back-pressure), and below which it goes on.
  static constexpr size_t kHighMark = size_t{64} * 1024 * 1024;
  static constexpr size_t kLowMark = size_t{16} * 1024 * 1024;

  // Makes the handle; its callbacks get `userdata`. Throws std::system_error with the OS error where mosquitto_new()
  // returns NULL.
  Session(ClientOwner& owner, const char* client_id, bool clean_session, void* userdata);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Checks the length of a client id: libmosquitto takes one byte more than CONNECT can have.
  static bool is_client_id(const char* id);

  int reinitialise(const char* client_id, bool clean_session, void* userdata);
  void destroy();
  [[nodiscard]] bool destroyed() const { return handle_ == nullptr; }

  // The owner needs no lock. The parts of a client have this one reference to it, which saves memory.
  [[nodiscard]] ClientOwner& owner() const { return owner_; }
  [[nodiscard]] mosquitto* handle() const { return handle_; }
  [[nodiscard]] ClientMutex& mutex() const { return mutex_; }
  // -1: there is no connection.
  [[nodiscard]] int socket() const { return mosquitto_socket(handle_); }
  [[nodiscard]] bool has_socket() const { return socket() >= 0; }
  HandleState& state() { return state_; }

  // Stores the errno of a failed system call, and returns `rc`.
  int checked(int rc);
  [[nodiscard]] int last_errno() const { return last_errno_; }
  void set_last_errno(int error) { last_errno_ = error; }
  // The newest failure in words.
  [[nodiscard]] const std::string& last_error() const { return *last_error_; }
  std::string& set_last_error(std::string text) { return last_error_.use() = std::move(text); }

  // Appends an event. False when there was no memory: the event is lost, and the connection ends.
  template <size_t Words, size_t Parts>
  bool record(const EventFields<Words, Parts>& fields) {
    if (refused_packet_ && fields.kind != EventKind::kDisconnect) return true;
    return batch_.append(fields) || lose_record();
  }
  void log(int level, const std::string& text);
  // Records a message, with its topic or the number that JavaScript knows it by. `told`: JavaScript gets the record.
  bool record_message(const mosquitto_message& message, std::string_view payload, std::string_view properties,
                      bool told);
  void record_publication(int mid, int reason_code, const mosquitto_property* properties);
  // An event is lost. The connection ends before a queued acknowledgement can leave, so that the broker sends the
  // message again.
  void end_without_memory();
  // Allocates memory for a record of so many bytes, and of properties that take so many in their packet.
  bool make_room(uint64_t bytes, uint64_t properties);

  // The code that on_disconnect gets for a connection that this side ends; 0: none.
  void set_end_code(int rc) { end_code_ = rc; }
  int take_end_code() { return std::exchange(end_code_, 0); }
  // A packet was a protocol error: only the end of the connection is recorded from now on.
  void refuse_packet();
  bool take_refusal() { return std::exchange(refused_packet_, false); }

  [[nodiscard]] size_t undelivered() const { return batch_.bytes(); }
  [[nodiscard]] size_t appended() const { return batch_.appended(); }
  // True when JavaScript has not seen some messages that are to be acknowledged.
  [[nodiscard]] bool owes_handlers() const { return owes_handlers_; }

  // Delivery. JavaScript's thread calls take(), without the lock.
  bool take(EventChunk& chunk);
  [[nodiscard]] bool has_events() const { return !batch_.empty(); }

  // unheard.cc: who listens
  void listen(uint32_t mask) { listening_ = mask; }
  [[nodiscard]] bool wanted(EventKind kind) const { return (listening_ & (1U << static_cast<uint32_t>(kind))) != 0; }
  [[nodiscard]] bool listens_to(const EventChunk& chunk) const;
  [[nodiscard]] bool heard() const;
  [[nodiscard]] bool due() const;
  void forget_unheard();

 private:
  // There was no memory for a record. Returns false.
  bool lose_record();
  // The handle was made, or reinitialised.
  void configure(bool clean_session);

  ClientOwner& owner_;
  mutable ClientMutex mutex_;
  mosquitto* handle_ = nullptr;
  EventBatch batch_;
  HandleState state_{};
  Rare<TopicTable> topics_;
  Rare<std::string> last_error_;
  uint32_t listening_ = 0;
  int end_code_ = 0;
  bool owes_handlers_ = false;
  bool refused_packet_ = false;
  std::atomic<int> last_errno_{0};
};
static_assert(kIsUniqueOwner<Session>);

}  // namespace libmosquitto
