// A connection attempt that one thread makes for a caller on another thread. The caller may wait for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "driver/dialer.h"
#include "unique_owner.h"

namespace libmosquitto {

class DialJob : public std::enable_shared_from_this<DialJob> {
 public:
  static std::shared_ptr<DialJob> start(LoopHost& host, const DialTarget& target);

  // Waits for the end of the attempt. Returns nothing when the attempt goes on after `timeout`.
  std::optional<DialResult> wait_for(std::chrono::milliseconds timeout);
  // Drops the attempt, without waiting.
  void cancel();

 private:
  explicit DialJob(LoopHost& host) : host_(host) {}
  void complete(DialResult result);

  LoopHost& host_;
  // Only the host's thread uses these.
  std::unique_ptr<Dialer> dialer_;
  std::shared_ptr<DialJob> self_;  // owns the job while the dialer refers to it

  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  DialResult result_;
};
static_assert(kIsUniqueOwner<DialJob>);

}  // namespace libmosquitto
