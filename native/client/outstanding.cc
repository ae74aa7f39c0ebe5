#include "client/outstanding.h"

#include <algorithm>
#include <new>

namespace libmosquitto {

void Outstanding::Runs::add(uint64_t number, uint32_t mid, uint32_t size) {
  Run* const last = empty() ? nullptr : &runs_.back();
  if (last != nullptr && last->number + last->count == number && last->mid + last->count == mid && last->size == size) {
    last->count++;
  } else {
    runs_.push_back({number, mid, 1, size});
  }
  volume_.add(size);
}

bool Outstanding::Runs::remove(uint32_t mid, uint32_t& size) {
  for (size_t at = head_; at < runs_.size(); at++) {
    Run& run = runs_[at];
    if (mid < run.mid || mid - run.mid >= run.count) continue;
    size = run.size;
    volume_.messages--;
    volume_.bytes -= size;
    const uint32_t before = mid - run.mid;
    if (run.count == 1) {
      drop(at);
    } else if (before == 0) {
      run.number++;
      run.mid++;
      run.count--;
    } else if (before == run.count - 1) {
      run.count--;
    } else {
      split(at, before);
    }
    return true;
  }
  return false;
}

// Removes one message from the middle of a run. Messages are acknowledged near the front of the list: the runs before
// the place are moved rather than those behind it. Without memory the messages behind the place are no longer counted.
void Outstanding::Runs::split(size_t at, uint32_t before) {
  Run& run = runs_[at];
  const Run behind{run.number + before + 1, run.mid + before + 1, run.count - before - 1, run.size};
  run.count = before;
  const auto place = runs_.begin() + static_cast<std::ptrdiff_t>(at);
  if (head_ > 0) {
    std::move(runs_.begin() + static_cast<std::ptrdiff_t>(head_), place + 1,
              runs_.begin() + static_cast<std::ptrdiff_t>(head_) - 1);
    head_--;
    *place = behind;
    return;
  }
  try {
    runs_.insert(place + 1, behind);
  } catch (const std::bad_alloc&) {
    volume_.messages -= behind.count;
    volume_.bytes -= uint64_t{behind.count} * behind.size;
  }
}

void Outstanding::Runs::drop(size_t at) {
  constexpr size_t kMostGone = 64;
  const auto head = runs_.begin() + static_cast<std::ptrdiff_t>(head_);
  const auto place = runs_.begin() + static_cast<std::ptrdiff_t>(at);
  std::move_backward(head, place, place + 1);
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
  volume_ = {};
}

// Without memory the publication is not counted as outstanding.
void Outstanding::published(int mid, bool acknowledged, uint32_t size) noexcept {
  newest_++;
  if (mid == early_) {
    if (early_sent_) sent_.add(size);
    return;
  }
  try {
    (acknowledged ? acknowledged_ : written_).add(newest_, static_cast<uint32_t>(mid), size);
  } catch (const std::bad_alloc&) {
    return;
  }
}

void Outstanding::finished(int mid, bool sent) noexcept {
  const auto id = static_cast<uint32_t>(mid);
  uint32_t size = 0;
  if (!written_.remove_first(id, size) && !acknowledged_.remove(id, size)) {
    early_ = mid;
    early_sent_ = sent;
  } else if (sent) {
    sent_.add(size);
  }
}

Outstanding::Dropped Outstanding::connection_ended() {
  const Dropped dropped{written_.volume().messages, written_.oldest()};
  dropped_ += dropped.messages;
  written_.clear();
  return dropped;
}

void Outstanding::clear() {
  written_.clear();
  acknowledged_.clear();
  sent_ = {};
  dropped_ = 0;
}

uint64_t Outstanding::oldest() const {
  if (written_.empty() || acknowledged_.empty()) return std::max(written_.oldest(), acknowledged_.oldest());
  return std::min(written_.oldest(), acknowledged_.oldest());
}

}  // namespace libmosquitto
