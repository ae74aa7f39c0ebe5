#include "driver/event_batch.h"
#include "unique_owner.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace libmosquitto {
namespace {

constexpr size_t padded(size_t bytes) { return (bytes + 3) & ~size_t{3}; }

// One chunk's memory for all clients: to give it back for each chunk, and to take it anew, makes
// malloc() go through all that it has kept of small pieces.
struct Spare {
  Spare() = default;
  ~Spare() { delete[] memory.exchange(nullptr); }
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;

  std::atomic<uint8_t*> memory{nullptr};
} spare;
static_assert(kIsUniqueOwner<Spare>);

void put(uint8_t* at, int32_t word) { std::memcpy(at, &word, sizeof word); }

int32_t word_at(const uint8_t* at) {
  int32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

bool EventBatch::make_room(size_t length, size_t least) {
  if (last_.capacity - last_.size >= length) return true;
  EventChunk chunk;
  chunk.capacity = std::max(least, length);
  if (chunk.capacity == kChunkBytes) chunk.data.reset(spare.memory.exchange(nullptr));
  if (!chunk.data) chunk.data.reset(new (std::nothrow) uint8_t[chunk.capacity]);
  if (!chunk.data) return false;
  if (last_.size > 0) {
    const std::lock_guard lock(full_mutex_);
    try {
      full_.push_back(std::move(last_));
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  last_ = std::move(chunk);
  run_ = 0;
  return true;
}

uint8_t* EventBatch::extend(size_t length, size_t least) {
  if (!make_room(length, least)) return nullptr;
  run_ = 0;
  uint8_t* const at = last_.data.get() + last_.size;
  last_.size += length;
  appended_.store(appended_.load(std::memory_order_relaxed) + length, std::memory_order_release);
  return at;
}

bool EventBatch::append(EventKind kind, std::initializer_list<int32_t> words,
                        std::initializer_list<std::string_view> bytes) {
  size_t length = (2 + words.size()) * sizeof(int32_t);
  for (const std::string_view part : bytes) length += part.size();
  length = padded(length);
  // Nothing comes behind kPreConnect until it is answered, and a thousand clients may begin at once.
  uint8_t* at = extend(length, kind == EventKind::kPreConnect ? length : kChunkBytes);
  if (at == nullptr) return false;

  note(bit_of(kind));
  put(at + length - 4, 0);  // no stale memory in the padding
  put(at, static_cast<int32_t>(kind));
  put(at + 4, static_cast<int32_t>(length));
  at += 8;
  for (const int32_t word : words) {
    put(at, word);
    at += sizeof word;
  }
  for (const std::string_view part : bytes) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return true;
}

bool EventBatch::append_publication(int32_t mid, int32_t reason_code) {
  if (run_ != 0) {
    uint8_t* const first = last_.data.get() + run_ - 3 * sizeof(int32_t);
    uint8_t* const counted = first + sizeof(int32_t);
    const int32_t count = word_at(counted);
    if (word_at(first) + count == mid && word_at(counted + sizeof(int32_t)) == reason_code) {
      put(counted, count + 1);
      return true;
    }
  }
  if (!append(EventKind::kPublications, {mid, 1, reason_code})) return false;
  run_ = last_.size;
  return true;
}

bool EventBatch::take_full(EventChunk& chunk) {
  const std::lock_guard lock(full_mutex_);
  if (full_.empty()) return false;
  chunk = std::move(full_.front());
  full_.pop_front();
  count_taken(chunk);
  return true;
}

bool EventBatch::take(EventChunk& chunk) {
  if (take_full(chunk)) return true;
  kinds_ = 0;
  if (last_.size == 0) return false;
  run_ = 0;
  chunk = std::exchange(last_, EventChunk());
  count_taken(chunk);
  return true;
}

void EventBatch::clear() {
  EventChunk chunk;
  while (take(chunk)) recycle(chunk);
}

void EventBatch::recycle(EventChunk& chunk) {
  if (chunk.data && chunk.capacity == kChunkBytes) delete[] spare.memory.exchange(chunk.data.release());
  chunk = EventChunk();
}

}  // namespace libmosquitto
