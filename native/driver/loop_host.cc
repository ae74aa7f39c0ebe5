#include "driver/loop_host.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace libmosquitto {
namespace {

// Tasks run for this long in one turn of the loop.
constexpr uint64_t kTurnNs = uint64_t{1000} * 1000;

}  // namespace

LoopHost::LoopHost(uv_loop_t* loop) : loop_(loop) {
  async_.data = this;
  const int error =
      uv_async_init(loop_, &async_, [](uv_async_t* async) { static_cast<LoopHost*>(async->data)->drain(); });
  if (error != 0) throw std::system_error(-error, std::generic_category(), "uv_async_init");
  uv_unref(reinterpret_cast<uv_handle_t*>(&async_));
  opened();
}

// The idle time of a loop grows while it waits in poll, and stands still while callbacks run.
bool LoopHost::idle() const {
  const uint64_t before = uv_metrics_idle_time(loop_);
  return before != 0 && uv_metrics_idle_time(loop_) > before;
}

void LoopHost::run(const std::function<void()>& work) {
  if (on_loop_thread()) {
    work();
    return;
  }
  std::mutex mutex;
  std::condition_variable ran;
  bool done = false;
  post([&] {
    work();
    // Notified under the lock: the waiting thread may destroy both as soon as it has the lock.
    const std::lock_guard lock(mutex);
    done = true;
    ran.notify_one();
  });
  std::unique_lock lock(mutex);
  ran.wait(lock, [&] { return done; });
}

void LoopHost::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(work));
  // Sent under the lock, so that it cannot reach a handle that close() has closed.
  if (!closed_) uv_async_send(&async_);
}

void LoopHost::wake(LoopTask& task) {
  if (task.queued_.exchange(true)) return;
  const std::lock_guard lock(mutex_);
  woken_.push_back(&task);
  if (!closed_) uv_async_send(&async_);
}

void LoopHost::forget(LoopTask& task) {
  const std::lock_guard lock(mutex_);
  // The entry is only cleared, because drain() may be going through this list.
  std::replace(woken_.begin(), woken_.end(), &task, static_cast<LoopTask*>(nullptr));
}

void LoopHost::drain() {
  for (;;) {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      if (posted_.empty()) break;
      work = std::move(posted_.front());
      posted_.pop_front();
    }
    work();
  }

  // Tasks that are woken from here on, also by these tasks, run in the next turn of the loop. So do those for which
  // there is no time: busy clients must not starve the loop's other handles.
  size_t turns = 0;
  {
    const std::lock_guard lock(mutex_);
    turns = woken_.size();
  }
  const uint64_t begun = uv_hrtime();
  size_t done = 0;
  while (done < turns && (done == 0 || uv_hrtime() - begun < kTurnNs)) {
    LoopTask* task = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      task = woken_[done];
      if (task != nullptr) {
        woken_[done] = nullptr;
        task->queued_ = false;
      }
    }
    done++;
    if (task != nullptr) task->run_on_loop();
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  woken_.erase(woken_.begin(), woken_.begin() + static_cast<std::ptrdiff_t>(done));
  if (!woken_.empty()) uv_async_send(&async_);
}

void LoopHost::ref() { uv_ref(reinterpret_cast<uv_handle_t*>(&async_)); }

void LoopHost::unref() { uv_unref(reinterpret_cast<uv_handle_t*>(&async_)); }

void LoopHost::close(std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    woken_.clear();
  }
  on_all_ended_ = std::move(done);
  uv_close(reinterpret_cast<uv_handle_t*>(&async_),
           [](uv_handle_t* handle) { static_cast<LoopHost*>(handle->data)->ended(); });
}

void LoopHost::ended() {
  if (--open_ == 0 && on_all_ended_) {
    // Moved out first, because it may delete this host.
    const std::function<void()> done = std::move(on_all_ended_);
    done();
  }
}

}  // namespace libmosquitto
