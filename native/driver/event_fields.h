// The fields of one event record, before an EventBatch writes it. event_records.h has a function for each kind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace libmosquitto {

enum class EventKind : int32_t;

// The words of a record, and views of the bytes behind them.
template <size_t Words, size_t Parts>
struct EventFields {
  EventKind kind;
  std::array<int32_t, Words> words;
  std::array<std::string_view, Parts> parts;
};

constexpr int32_t length_of(std::string_view bytes) { return static_cast<int32_t>(bytes.size()); }

// A view of no memory stands for null.
constexpr int32_t length_or_null(std::string_view bytes) { return bytes.data() == nullptr ? -1 : length_of(bytes); }

}  // namespace libmosquitto
