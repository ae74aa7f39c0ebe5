// The events of one client on their way to JavaScript, in order, as flat records.
//
// A record is a sequence of 32-bit words in native byte order, then bytes, padded
// to a multiple of four; lib/native/event-batch.ts reads it and has the same table:
//
//   word 0: kind; word 1: length of the record in bytes, this header included
//   kConnect      [2] rc  [3] flags [4] bytes of properties; properties
//   kDisconnect   [2] rc  [3] bytes of properties; properties
//   kPublish      [2] mid [3] reason code [4] bytes of properties; properties
//   kMessage      [2] mid [3] bits 0-1 qos, 2 retain, 3 the topic is ASCII
//                 [4] bytes of the topic [5] of the payload [6] of properties
//                 [7] the topic's number in topic_table.h, -1 for none; topic, payload, properties.
//                 A topic of no bytes is the one that last came with this number.
//   kSubscribe    [2] mid [3] bytes of codes [4] of properties; codes, 1 byte each; properties
//   kUnsubscribe  as kSubscribe
//   kLog          [2] level [3] bytes of the text; text
//   kLoopEnd      [2] rc
//   kPreConnect   nothing; the attempt to connect waits until JavaScript has seen it
//   kExtAuth      [2] bytes of the method, -1 for none [3] of data, -1 for none
//                 [4] of properties; these three
//   kLookUp       [2] number of the question [3] bytes of the domain; domain. The attempt to
//                 connect waits for the servers that its SRV records name
//   kPublications [2] the first mid [3] count [4] reason code: as many kPublish records, with mids
//                 that follow one another, this reason code and no properties
//   kFlushed      [2] number of the question [3] rc
//
// Properties are as in property_bytes.h.
//
// The owner's lock guards it, but for take_full(): JavaScript gets what is complete while a
// driver that holds the lock reads on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>

#include "unique_owner.h"

namespace libmosquitto {

enum class EventKind : int32_t {
  kConnect = 1,
  kDisconnect = 2,
  kPublish = 3,
  kMessage = 4,
  kSubscribe = 5,
  kUnsubscribe = 6,
  kLog = 7,
  kLoopEnd = 8,
  kPreConnect = 9,
  kExtAuth = 10,
  kLookUp = 11,
  kPublications = 12,
  kFlushed = 13,
};

// Kinds of events as a set.
constexpr uint32_t bit_of(EventKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind == EventKind::kPublications ? EventKind::kPublish : kind);
}
// In such a set: later records refer to a topic that is told here, so JavaScript must read it.
constexpr uint32_t kTellsTopic = 1;

// Consecutive records in one piece of memory: what one call into JavaScript gets.
struct EventChunk {
  std::unique_ptr<uint8_t[]> data;
  size_t size = 0;
  size_t capacity = 0;
  uint32_t kinds = 0;  // the kinds of its records, as a set
};
static_assert(kIsUniqueOwner<EventChunk>);

class EventBatch {
 public:
  // Large enough that a call into JavaScript is spread over a hundred messages, small
  // enough that one payload kept by the user holds little else in memory.
  static constexpr size_t kChunkBytes = size_t{16} * 1024;

  // Appends a record. False when memory ran out: the record is lost.
  bool append(EventKind kind, std::initializer_list<int32_t> words, std::initializer_list<std::string_view> bytes = {});
  // False when there is no memory for a record of this length. The next record then finds it.
  bool reserve(size_t length) { return make_room(length, kChunkBytes); }
  // Appends a kPublish record without properties. It takes no room when the last record was made
  // here too, for the same reason code, and its mids end before this one.
  bool append_publication(int32_t mid, int32_t reason_code);
  // The newest record tells a topic.
  void note_topic() { note(kTellsTopic); }

  // Moves the oldest chunk out; false when there is none.
  bool take(EventChunk& chunk);
  // The same without the owner's lock; false when nothing is left but what may still grow. By
  // one thread at a time.
  bool take_full(EventChunk& chunk);
  void clear();
  // Its memory is no longer needed.
  static void recycle(EventChunk& chunk);

  // Kinds of the events that it holds, and perhaps of those that were taken since it was last empty.
  [[nodiscard]] uint32_t kinds() const { return kinds_; }
  // Bytes of all records so far.
  [[nodiscard]] size_t appended() const { return appended_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool empty() const { return bytes() == 0; }
  // In this order: they must not have been taken before they were appended.
  [[nodiscard]] size_t bytes() const {
    const size_t taken = taken_;
    return appended_.load(std::memory_order_acquire) - taken;
  }

 private:
  bool make_room(size_t length, size_t least);
  // A pointer to `length` fresh bytes (a multiple of four), or null. A new chunk has at least `least`.
  uint8_t* extend(size_t length, size_t least);
  void note(uint32_t kinds) {
    last_.kinds |= kinds;
    kinds_ |= kinds;
  }
  void count_taken(const EventChunk& chunk) { taken_ = taken_ + chunk.size; }

  EventChunk last_;  // new records are appended here
  uint32_t kinds_ = 0;
  size_t run_ = 0;  // just behind the kPublications record that may grow; 0: there is none
  // Two counts, each with one who changes it: no record costs an instruction that locks the bus.
  std::atomic<size_t> appended_{0};
  std::atomic<size_t> taken_{0};
  std::mutex full_mutex_;
  // A list takes no memory while it is empty, as that of most clients is: a deque always does.
  std::list<EventChunk> full_;
};
static_assert(kIsUniqueOwner<EventBatch>);

}  // namespace libmosquitto
