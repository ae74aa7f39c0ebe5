#include "driver/event_batch.h"
#include "unique_owner.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace libmosquitto {
namespace {

constexpr size_t padded(size_t bytes) { return (bytes + 3) & ~size_t{3}; }

// The memory of one chunk, for all clients. Freeing and allocating it for each chunk makes malloc() go through all of
// its small free pieces.
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

bool EventBatch::write(EventKind kind, const int32_t* words, size_t word_count, const std::string_view* parts,
                       size_t part_count) {
  const size_t word_bytes = word_count * sizeof(int32_t);
  size_t length = 2 * sizeof(int32_t) + word_bytes;
  for (size_t i = 0; i < part_count; i++) length += parts[i].size();
  length = padded(length);
  // No event follows kPreConnect until it is answered, and a thousand clients may connect at once: its chunk is small.
  uint8_t* at = extend(length, kind == EventKind::kPreConnect ? length : kChunkBytes);
  if (at == nullptr) return false;

  note(bit_of(kind));
  put(at + length - 4, 0);  // no stale memory in the padding
  put(at, static_cast<int32_t>(kind));
  put(at + 4, static_cast<int32_t>(length));
  at += 8;
  if (word_bytes > 0) std::memcpy(at, words, word_bytes);
  at += word_bytes;
  for (size_t i = 0; i < part_count; i++) {
    if (!parts[i].empty()) std::memcpy(at, parts[i].data(), parts[i].size());
    at += parts[i].size();
  }
  return true;
}

bool EventBatch::append_publication(int32_t mid, int32_t reason_code) {
  constexpr auto kFields = publications_record(0, 0, 0);
  if (run_ != 0) {
    uint8_t* const record = last_.data.get() + run_ - (2 + kFields.words.size()) * sizeof(int32_t);
    const auto word = [record](size_t number) { return record + number * sizeof(int32_t); };
    const int32_t count = word_at(word(kPublicationsCount));
    if (word_at(word(kPublicationsMid)) + count == mid && word_at(word(kPublicationsReasonCode)) == reason_code) {
      put(word(kPublicationsCount), count + 1);
      return true;
    }
  }
  if (!append(publications_record(mid, 1, reason_code))) return false;
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
