// The lock around one client's mosquitto handle, which two threads never use at once.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "unique_owner.h"

namespace libmosquitto {

// std::mutex is not fair. A driver that reads message after message would lock it again before a waiting JavaScript
// thread has woken up, and publish() would be blocked until messages stop coming. The driver therefore lets JavaScript
// go first.
class ClientMutex {
 public:
  void lock() {
    waiting_.fetch_add(1, std::memory_order_relaxed);
    mutex_.lock();
    waiting_.fetch_sub(1, std::memory_order_relaxed);
  }
  void lock_from_driver() {
    for (int i = 0; i < kYields && waiting_.load(std::memory_order_relaxed) > 0; i++) std::this_thread::yield();
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  static constexpr int kYields = 100;  // a bound: the driver has other clients

  std::mutex mutex_;
  std::atomic<int> waiting_{0};
};
static_assert(kIsUniqueOwner<ClientMutex>);

// Locks for the driver: a waiting JavaScript thread goes first.
class DriverLock {
 public:
  explicit DriverLock(ClientMutex& mutex) : mutex_(mutex) { mutex_.lock_from_driver(); }
  ~DriverLock() { mutex_.unlock(); }
  DriverLock(const DriverLock&) = delete;
  DriverLock& operator=(const DriverLock&) = delete;

 private:
  ClientMutex& mutex_;
};
static_assert(kIsUniqueOwner<DriverLock>);

}  // namespace libmosquitto
