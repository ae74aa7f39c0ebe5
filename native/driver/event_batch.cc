#include "driver/event_batch.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace libmosquitto {
namespace {

constexpr size_t padded(size_t bytes) { return (bytes + 3) & ~size_t{3}; }

void put(uint8_t* at, int32_t word) { std::memcpy(at, &word, sizeof word); }

}  // namespace

uint8_t* EventBatch::extend(size_t length) {
  if (chunks_.empty() || chunks_.back().capacity - chunks_.back().size < length) {
    EventChunk chunk;
    chunk.capacity = std::max(kChunkBytes, length);
    chunk.data.reset(new (std::nothrow) uint8_t[chunk.capacity]);
    if (!chunk.data) return nullptr;
    chunks_.push_back(std::move(chunk));
  }
  EventChunk& chunk = chunks_.back();
  uint8_t* const at = chunk.data.get() + chunk.size;
  chunk.size += length;
  bytes_ += length;
  return at;
}

bool EventBatch::append(EventKind kind, std::initializer_list<int32_t> words,
                        std::initializer_list<std::string_view> bytes) {
  size_t length = (2 + words.size()) * sizeof(int32_t);
  for (const std::string_view part : bytes) length += part.size();
  length = padded(length);
  uint8_t* at = extend(length);
  if (at == nullptr) return false;

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

bool EventBatch::take(EventChunk& chunk) {
  if (chunks_.empty()) return false;
  chunk = std::move(chunks_.front());
  chunks_.pop_front();
  bytes_ -= chunk.size;
  return true;
}

void EventBatch::clear() {
  chunks_.clear();
  bytes_ = 0;
}

}  // namespace libmosquitto
