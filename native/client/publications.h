// The publications of a client that are not confirmed, and the calls of flush() that wait for them.
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
  uint64_t newest;  // publication that it waits for
  int rc;
};

struct Publications {
  Outstanding outstanding;
  std::vector<Flush> flushes;
  int32_t newest_flush = 0;

  void cancel(int32_t question) {
    const auto is_it = [question](const Flush& flush) { return flush.question == question; };
    flushes.erase(std::remove_if(flushes.begin(), flushes.end(), is_it), flushes.end());
  }
  // A later flush has another number.
  void clear() {
    outstanding.clear();
    flushes.clear();
  }
};

}  // namespace libmosquitto
