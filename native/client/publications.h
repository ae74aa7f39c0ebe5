// A client's outstanding publications, together with the pending calls of flush().
//
// Not thread safe: the owner's lock guards it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "client/outstanding.h"

namespace libmosquitto {

struct Flush {
  int32_t question;
  uint64_t newest;  // publication before the call
  int rc;
};

struct Publications {
  Outstanding outstanding;
  Volume limit;  // for what is outstanding; 0: none
  std::vector<Flush> flushes;
  int32_t newest_flush = 0;

  // A message of this size is one too many.
  [[nodiscard]] bool is_full(uint64_t size) const {
    return (limit.messages != 0 && outstanding.messages() >= limit.messages) ||
           (limit.bytes != 0 && outstanding.bytes() + size > limit.bytes);
  }
  void cancel(int32_t question) {
    const auto is_it = [question](const Flush& flush) { return flush.question == question; };
    flushes.erase(std::remove_if(flushes.begin(), flushes.end(), is_it), flushes.end());
  }
  // The numbers of flushes go on: a later flush has another number.
  void clear() {
    outstanding.clear();
    flushes.clear();
    limit = {};
  }
};

}  // namespace libmosquitto
