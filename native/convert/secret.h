// A text that is overwritten before its memory is freed: a password, a passphrase or a key.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "unique_owner.h"

namespace libmosquitto {

// A secret text, or none. A short text is on the heap too, so that moving it leaves no copy.
class Secret {
 public:
  Secret() = default;
  Secret(Secret&& other) noexcept
      : present_(std::exchange(other.present_, false)), text_(std::exchange(other.text_, {})) {}
  Secret& operator=(Secret&&) = delete;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { clear(); }

  // Returns null when there is no text.
  [[nodiscard]] const char* c_str() const { return present_ ? text_.c_str() : nullptr; }
  [[nodiscard]] std::string_view text() const { return text_; }

  // Returns room for a text of this length, which the caller writes.
  std::string& renew(size_t length) {
    clear();
    present_ = true;
    text_.reserve(std::max(length, kLeastCapacity));
    text_.resize(length);
    return text_;
  }
  void assign(std::string_view text) { std::copy(text.begin(), text.end(), renew(text.size()).begin()); }
  void clear() {
    text_.resize(text_.capacity());
    // Volatile, because a compiler may leave out writes that nobody reads.
    volatile char* const bytes = text_.data();
    for (size_t i = 0; i < text_.size(); i++) bytes[i] = 0;
    text_.clear();
    present_ = false;
  }

 private:
  static constexpr size_t kLeastCapacity = 64;

  bool present_ = false;
  std::string text_;
};
static_assert(kIsUniqueOwner<Secret>);

}  // namespace libmosquitto
