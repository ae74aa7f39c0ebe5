// The topics that one client received lately, with numbers. JavaScript stores their strings under the same numbers, and
// makes a string only when a topic comes for the first time.
//
// The table is bounded in number and bytes; when it is full it begins again from 0. Topics come from the network, and
// may be chosen by an attacker: place() does a bounded amount of work for any of them.
//
// Not thread safe: the owner's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace libmosquitto {

class TopicTable {
 public:
  struct Place {
    int32_t number = -1;  // -1: it is not in the table
    bool known = false;   // it was there before
  };

  Place place(std::string_view topic) noexcept;
  // Removes all topics. Needed when JavaScript may not have seen a topic that place() had called known.
  void clear();

 private:
  struct Entry {
    size_t hash;
    uint32_t start;
    uint32_t length;
  };

  static constexpr size_t kMostTopics = 16384;
  static constexpr size_t kMostBytes = size_t{1024} * 1024;
  static constexpr size_t kLongest = 512;
  static constexpr size_t kFirstSlots = 32;
  static constexpr size_t kProbes = 8;

  [[nodiscard]] std::string_view text_of(const Entry& entry) const;
  Place find_or_insert(std::string_view topic, size_t hash);
  void grow();
  // Returns the slot for an entry of this hash, or null when all slots of its range are taken.
  uint32_t* free_slot(size_t hash);

  std::string text_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // number + 1; 0: empty
};

}  // namespace libmosquitto
