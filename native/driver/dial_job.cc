#include "driver/dial_job.h"

#include <utility>

namespace libmosquitto {

std::shared_ptr<DialJob> DialJob::start(LoopHost& host, const DialTarget& target) {
  std::shared_ptr<DialJob> job(new DialJob(host));
  host.post([job, target] {
    job->self_ = job;
    job->dialer_ = std::make_unique<Dialer>(job->host_, target,
                                            [job = job.get()](DialResult result) { job->complete(std::move(result)); });
  });
  return job;
}

void DialJob::complete(DialResult result) {
  const std::shared_ptr<DialJob> alive = std::move(self_);
  dialer_.reset();
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  done_ = true;
  ended_.notify_all();
}

std::optional<DialResult> DialJob::wait_for(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!ended_.wait_for(lock, timeout, [this] { return done_; })) return std::nullopt;
  return std::move(result_);
}

void DialJob::cancel() {
  host_.post([job = shared_from_this()] {
    job->dialer_.reset();
    job->self_.reset();
  });
}

}  // namespace libmosquitto
