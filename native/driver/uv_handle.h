// libuv handles as C++ owners: a handle is closed when its owner is destroyed, also within the handle's own callback.
#pragma once

#include <functional>
#include <utility>

#include "driver/loop_host.h"
#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// uv_close() ends a handle only on a later turn of the loop. Each handle therefore lives in a box of its own, which its
// close callback deletes.
template <typename Handle, typename Callback>
class UvHandle {
 public:
  UvHandle() = default;
  UvHandle(const UvHandle&) = delete;
  UvHandle& operator=(const UvHandle&) = delete;
  ~UvHandle() { close(); }

  [[nodiscard]] bool is_open() const { return box_ != nullptr; }

  void close() {
    if (box_ == nullptr) return;
    Box* const box = std::exchange(box_, nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&box->handle), [](uv_handle_t* handle) {
      Box* const ended = static_cast<Box*>(handle->data);
      LoopHost& host = ended->host;
      delete ended;
      host.ended();
    });
  }

 protected:
  struct Box {
    explicit Box(LoopHost& owner) : host(owner) {}
    Handle handle{};
    LoopHost& host;
    Callback callback;
  };

  // Makes a box whose handle `init` initialises. Returns false when `init` refuses.
  template <typename Init>
  bool open(LoopHost& host, Init init) {
    close();
    Box* const box = new Box(host);
    if (init(host.loop(), &box->handle) != 0) {
      delete box;
      return false;
    }
    box->handle.data = box;
    host.opened();
    // The host alone decides whether the process stays alive.
    uv_unref(reinterpret_cast<uv_handle_t*>(&box->handle));
    box_ = box;
    return true;
  }

  Box* box_ = nullptr;
};

class UvTimer : public UvHandle<uv_timer_t, std::function<void()>> {
 public:
  // Milliseconds; repeat 0: once.
  void start(LoopHost& host, uint64_t timeout, uint64_t repeat, std::function<void()> callback) {
    if (!is_open() && !open(host, uv_timer_init)) return;
    box_->callback = std::move(callback);
    // The loop's time is old when JavaScript has just blocked it.
    uv_update_time(host.loop());
    uv_timer_start(
        &box_->handle,
        [](uv_timer_t* timer) {
          // A copy, because the callback may start this timer again with another callback.
          const std::function<void()> due = static_cast<Box*>(timer->data)->callback;
          due();
        },
        timeout, repeat);
  }
  void stop() {
    if (is_open()) uv_timer_stop(&box_->handle);
  }
};
static_assert(kIsUniqueOwner<UvTimer>);

// Runs before the loop polls.
class UvPrepare : public UvHandle<uv_prepare_t, std::function<void()>> {
 public:
  void start(LoopHost& host, std::function<void()> callback) {
    if (!is_open() && !open(host, uv_prepare_init)) return;
    box_->callback = std::move(callback);
    uv_prepare_start(&box_->handle, [](uv_prepare_t* prepare) {
      const std::function<void()> due = static_cast<Box*>(prepare->data)->callback;
      due();
    });
  }
  void stop() {
    if (is_open()) uv_prepare_stop(&box_->handle);
  }
};

class UvPoll : public UvHandle<uv_poll_t, std::function<void(int status, int events)>> {
 public:
  bool start(LoopHost& host, int fd, int events, std::function<void(int, int)> callback) {
    if (!open(host, [fd](uv_loop_t* loop, uv_poll_t* poll) { return watch_socket(loop, poll, fd); })) return false;
    // libuv stops a handle by itself when it reports an error of the descriptor.
    box_->callback = [this, callback = std::move(callback)](int status, int ready) {
      if (status < 0) events_ = 0;
      callback(status, ready);
    };
    events_ = 0;
    update(events);
    return true;
  }
  void update(int events) {
    if (!is_open() || events == events_) return;
    events_ = events;
    if (events == 0) {
      uv_poll_stop(&box_->handle);
    } else {
      uv_poll_start(&box_->handle, events, [](uv_poll_t* poll, int status, int ready) {
        static_cast<Box*>(poll->data)->callback(status, ready);
      });
    }
  }

 private:
  int events_ = 0;
};
static_assert(kIsUniqueOwner<UvPoll>);

}  // namespace libmosquitto
