// A libuv loop that drives clients, with a queue of work from other threads. The loop is the environment's own, or the
// network thread's.
//
// Everything that touches a handle of the loop runs on the loop's thread. Other threads use run() and post(), or wake()
// a task. A wake-up is cheap, and several before the loop gets to the task coalesce.
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

// Work that runs on the loop's thread whenever it is woken.
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
  // To be called on the thread that runs, or will run, the loop. Throws std::system_error.
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

  // Any thread: true when the loop polls and has nothing to do. Always false where libuv does not count idle time, as
  // in a loop that Node has not made.
  [[nodiscard]] bool idle() const;

  // Runs `work` on the loop's thread and blocks until it has run.
  void run(const std::function<void()>& work);
  // Runs `work` on the loop's thread, later.
  void post(std::function<void()> work);
  // Calls task.run_on_loop() on the loop's thread, later. Several calls before that coalesce.
  void wake(LoopTask& task);
  // On the loop's thread: drops a pending wake-up of the task.
  void forget(LoopTask& task);

  // ref(): the loop keeps its process alive. A host alone does not.
  void ref();
  void unref();

  // On the loop's thread: closes the host's own handle. `done` runs once that, and every handle and request that was
  // opened on this host, has ended.
  void close(std::function<void()> done);

  // Handles and requests call these, so that close() knows when all have ended.
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
