// The events of one client on their way to JavaScript, in order, as flat records.
//
// A record is a sequence of 32-bit words in native byte order, then bytes, padded
// to a multiple of four; lib/event-batch.ts reads it and has the same table:
//
//   word 0: kind; word 1: length of the record in bytes, this header included
//   kConnect      [2] rc  [3] flags
//   kDisconnect   [2] rc
//   kPublish      [2] mid [3] reason code
//   kMessage      [2] mid [3] bits 0-1 qos, 2 retain, 3 the topic is ASCII
//                 [4] bytes of the topic [5] bytes of the payload; topic; payload
//   kSubscribe    [2] mid [3] count [4...] codes
//   kUnsubscribe  [2] mid [3] count [4...] codes
//   kLog          [2] level [3] bytes of the text; text
//   kLoopEnd      [2] rc
//
// Not thread safe: the owner's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string_view>

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
};

// Consecutive records in one piece of memory: what one call into JavaScript gets.
struct EventChunk {
  std::unique_ptr<uint8_t[]> data;
  size_t size = 0;
  size_t capacity = 0;
};

class EventBatch {
 public:
  // Large enough that a call into JavaScript is spread over hundreds of messages,
  // small enough that one payload kept by the user holds little else in memory.
  static constexpr size_t kChunkBytes = size_t{64} * 1024;

  // Appends a record. False when memory ran out: the record is lost.
  bool append(EventKind kind, std::initializer_list<int32_t> words, std::string_view bytes = {},
              std::string_view more_bytes = {});
  bool append_codes(EventKind kind, int32_t mid, const int* codes, int count);

  // Moves the oldest chunk out; false when there is none.
  bool take(EventChunk& chunk);
  void clear();

  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  // A pointer to `length` fresh bytes (a multiple of four), or null.
  uint8_t* extend(size_t length);

  std::deque<EventChunk> chunks_;
  size_t bytes_ = 0;
};

}  // namespace libmosquitto
