#include "client/outstanding.h"

#include <algorithm>
#include <new>

namespace libmosquitto {

void Outstanding::Runs::add(uint64_t number, uint32_t mid) {
  Run* const last = empty() ? nullptr : &runs_.back();
  if (last != nullptr && last->number + last->count == number && last->mid + last->count == mid) {
    last->count++;
  } else {
    runs_.push_back({number, mid, 1});
  }
  messages_++;
}

bool Outstanding::Runs::remove(uint32_t mid) {
  for (size_t at = head_; at < runs_.size(); at++) {
    Run& run = runs_[at];
    if (mid < run.mid || mid - run.mid >= run.count) continue;
    const uint32_t before = mid - run.mid;
    const Run behind{run.number + before + 1, mid + 1, run.count - before - 1};
    messages_--;
    if (before == 0 && behind.count == 0) {
      drop(at);
    } else if (before == 0) {
      run = behind;
    } else {
      run.count = before;
      if (behind.count > 0) runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(at) + 1, behind);
    }
    return true;
  }
  return false;
}

void Outstanding::Runs::drop(size_t at) {
  constexpr size_t kMostGone = 64;
  if (at != head_) {
    runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(at));
    return;
  }
  head_++;
  if (empty()) {
    runs_.clear();
    head_ = 0;
  } else if (head_ >= kMostGone && head_ * 2 >= runs_.size()) {
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void Outstanding::Runs::clear() {
  runs_.clear();
  head_ = 0;
  messages_ = 0;
}

// Without memory for it the publication is not counted as outstanding.
void Outstanding::published(int mid, bool acknowledged) noexcept {
  newest_++;
  if (mid == early_) return;
  try {
    (acknowledged ? acknowledged_ : written_).add(newest_, static_cast<uint32_t>(mid));
  } catch (const std::bad_alloc&) {
    return;
  }
}

void Outstanding::finished(int mid) noexcept {
  const auto id = static_cast<uint32_t>(mid);
  try {
    if (!written_.remove_first(id) && !acknowledged_.remove(id)) early_ = mid;
  } catch (const std::bad_alloc&) {
    return;  // the second half of its run no longer counts
  }
}

Outstanding::Dropped Outstanding::connection_ended() {
  const Dropped dropped{written_.messages(), written_.oldest()};
  written_.clear();
  return dropped;
}

void Outstanding::clear() {
  written_.clear();
  acknowledged_.clear();
}

uint64_t Outstanding::oldest() const {
  if (written_.empty() || acknowledged_.empty()) return std::max(written_.oldest(), acknowledged_.oldest());
  return std::min(written_.oldest(), acknowledged_.oldest());
}

}  // namespace libmosquitto
