// The undelivered events of one client in order, as the flat records of event_records.h.
//
// The owner's lock guards it, except for take_full(): JavaScript takes complete chunks while a driver that has the lock
// reads on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>

#include "driver/event_records.h"
#include "unique_owner.h"

namespace libmosquitto {

// Kinds of events as a set.
constexpr uint32_t bit_of(EventKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind == EventKind::kPublications ? EventKind::kPublish : kind);
}
// A member of such a set: a record has a topic to which later records refer, so JavaScript must read it.
constexpr uint32_t kTellsTopic = 1;

// Consecutive records in one piece of memory, which one call delivers to JavaScript.
struct EventChunk {
  std::unique_ptr<uint8_t[]> data;
  size_t size = 0;
  size_t capacity = 0;
  uint32_t kinds = 0;  // the kinds of its records, as a set
};
static_assert(kIsUniqueOwner<EventChunk>);

class EventBatch {
 public:
  // The size is large enough to spread the cost of a call into JavaScript over a hundred messages. It is small enough
  // that one payload which the program stores retains little other memory.
  static constexpr size_t kChunkBytes = size_t{16} * 1024;

  // Appends a record. False when memory ran out: the record is lost.
  template <size_t Words, size_t Parts>
  bool append(const EventFields<Words, Parts>& fields) {
    return write(fields.kind, fields.words.data(), Words, fields.parts.data(), Parts);
  }
  // Allocates memory for a record of this length, which the next record uses. Returns false when there is none.
  bool reserve(size_t length) { return make_room(length, kChunkBytes); }
  // Appends a kPublish record without properties. It extends the last record, and takes no room, when that was made
  // here too, has the same reason code, and its mids end before this one.
  bool append_publication(int32_t mid, int32_t reason_code);
  // The newest record has a topic to which later records refer.
  void note_topic() { note(kTellsTopic); }

  // Moves the oldest chunk out. Returns false when there is none.
  bool take(EventChunk& chunk);
  // Does the same without the owner's lock, for one thread at a time. Returns false when only the chunk is left that
  // may still grow.
  bool take_full(EventChunk& chunk);
  void clear();
  // Gives the memory of a chunk back.
  static void recycle(EventChunk& chunk);

  // The kinds of the undelivered events, and perhaps of those that were taken since it was last empty.
  [[nodiscard]] uint32_t kinds() const { return kinds_; }
  // Bytes of all records so far.
  [[nodiscard]] size_t appended() const { return appended_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool empty() const { return bytes() == 0; }
  // `taken_` is read first: records must not have been taken before they were appended.
  [[nodiscard]] size_t bytes() const {
    const size_t taken = taken_;
    return appended_.load(std::memory_order_acquire) - taken;
  }

 private:
  bool write(EventKind kind, const int32_t* words, size_t word_count, const std::string_view* parts, size_t part_count);
  bool make_room(size_t length, size_t least);
  // Returns `length` fresh bytes (a multiple of four), or null. A new chunk has at least `least`.
  uint8_t* extend(size_t length, size_t least);
  void note(uint32_t kinds) {
    last_.kinds |= kinds;
    kinds_ |= kinds;
  }
  void count_taken(const EventChunk& chunk) { taken_ = taken_ + chunk.size; }

  EventChunk last_;  // new records are appended here
  uint32_t kinds_ = 0;
  size_t run_ = 0;  // the end of the kPublications record that may grow; 0: there is none
  // Only one side changes each of these two counts: no record costs an instruction that locks the bus.
  std::atomic<size_t> appended_{0};
  std::atomic<size_t> taken_{0};
  std::mutex full_mutex_;
  // A list, because it takes no memory while it is empty, as that of most clients is. A deque always takes some.
  std::list<EventChunk> full_;
};
static_assert(kIsUniqueOwner<EventBatch>);

}  // namespace libmosquitto
