// A libuv loop that drives clients: the environment's own, or the network thread's.
//
// Everything that touches a handle of the loop runs on the loop's thread. Other
// threads use run() and post(), or wake() a task: cheap, and several wakes before
// the loop gets to it are one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <uv.h>

#include "unique_owner.h"

namespace libmosquitto {

// Something to be done on the loop's thread, again and again.
class LoopTask {
 public:
  LoopTask() = default;
  virtual ~LoopTask() = default;
  LoopTask(const LoopTask&) = delete;
  LoopTask& operator=(const LoopTask&) = delete;

  virtual void run_on_loop() = 0;

 private:
  friend class LoopHost;
  std::atomic<bool> queued_{false};
};
static_assert(kIsUniqueOwner<LoopTask>);

class LoopHost {
 public:
  // On the thread that runs, or will run, the loop. Throws std::system_error.
  explicit LoopHost(uv_loop_t* loop);
  ~LoopHost() = default;
  LoopHost(const LoopHost&) = delete;
  LoopHost& operator=(const LoopHost&) = delete;

  [[nodiscard]] uv_loop_t* loop() const { return loop_; }
  void set_thread(uv_thread_t thread) { thread_ = thread; }
  [[nodiscard]] bool on_loop_thread() const {
    const uv_thread_t self = uv_thread_self();
    return uv_thread_equal(&self, &thread_) != 0;
  }

  // Any thread: the loop waits for something to do. False where libuv does not count how long it
  // waits, as in a loop that Node has not made.
  [[nodiscard]] bool waits() const;

  // Runs `work` on the loop's thread and returns when it has run.
  void run(const std::function<void()>& work);
  // Runs `work` on the loop's thread, later.
  void post(std::function<void()> work);
  // Calls task.run_on_loop() on the loop's thread, later and once, however often asked.
  void wake(LoopTask& task);
  // On the loop's thread: the task will not be called any more.
  void forget(LoopTask& task);

  // Does the loop keep its process alive? A host alone does not.
  void ref();
  void unref();

  // On the loop's thread: closes the host's own handle. `done` runs once it and
  // every handle and request that was opened on this host have ended.
  void close(std::function<void()> done);

  // Handles and requests report here, so that close() knows when all have ended.
  void opened() { open_++; }
  void ended();

 private:
  void drain();

  uv_loop_t* loop_;
  uv_async_t async_{};
  uv_thread_t thread_ = uv_thread_self();
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  std::vector<LoopTask*> woken_;
  bool closed_ = false;
  int open_ = 0;  // on the loop's thread only
  std::function<void()> on_all_ended_;
};
static_assert(kIsUniqueOwner<LoopHost>);

}  // namespace libmosquitto
