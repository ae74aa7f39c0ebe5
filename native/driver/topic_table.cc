#include "driver/topic_table.h"

#include <algorithm>
#include <functional>
#include <new>

namespace libmosquitto {

std::string_view TopicTable::text_of(const Entry& entry) const {
  return std::string_view(text_).substr(entry.start, entry.length);
}

TopicTable::Place TopicTable::place(std::string_view topic) noexcept {
  if (topic.size() > kLongest) return {};
  try {
    return find_or_insert(topic, std::hash<std::string_view>{}(topic));
  } catch (const std::bad_alloc&) {
    return {};
  }
}

TopicTable::Place TopicTable::find_or_insert(std::string_view topic, size_t hash) {
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < std::min(kProbes, slots_.size()); i++) {
    const uint32_t slot = slots_[(hash + i) & mask];
    if (slot == 0) break;
    const Entry& entry = entries_[slot - 1];
    if (entry.hash == hash && text_of(entry) == topic) return {static_cast<int32_t>(slot - 1), true};
  }

  if (entries_.size() == kMostTopics || text_.size() + topic.size() > kMostBytes) clear();
  if (entries_.size() * 2 >= slots_.size()) grow();
  uint32_t* const slot = free_slot(hash);
  if (slot == nullptr) return {};
  const auto start = static_cast<uint32_t>(text_.size());
  text_.append(topic);
  entries_.push_back({hash, start, static_cast<uint32_t>(topic.size())});
  *slot = static_cast<uint32_t>(entries_.size());
  return {static_cast<int32_t>(entries_.size() - 1), false};
}

uint32_t* TopicTable::free_slot(size_t hash) {
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < kProbes; i++) {
    uint32_t& slot = slots_[(hash + i) & mask];
    if (slot == 0) return &slot;
  }
  return nullptr;
}

void TopicTable::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 4), 0);
  for (size_t i = 0; i < entries_.size(); i++) {
    // A topic for which there is no slot is not found again, and gets another number.
    if (uint32_t* const slot = free_slot(entries_[i].hash)) *slot = static_cast<uint32_t>(i + 1);
  }
}

void TopicTable::clear() {
  text_.clear();
  entries_.clear();
  slots_.clear();
}

}  // namespace libmosquitto
