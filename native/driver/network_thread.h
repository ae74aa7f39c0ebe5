// The background thread of an environment. It drives all clients of loop_start(), and makes the connections of blocking
// calls. There is one thread for each environment.
#pragma once

#include <memory>

#include <uv.h>

#include "driver/loop_host.h"
#include "unique_owner.h"

namespace libmosquitto {

class NetworkThread {
 public:
  // Throws std::system_error when the system is out of descriptors or threads.
  NetworkThread();
  // Everything on the thread must have been closed. Waits for the thread to end. That time is bounded: nothing on the
  // thread blocks except a name that is just being resolved.
  ~NetworkThread();
  NetworkThread(const NetworkThread&) = delete;
  NetworkThread& operator=(const NetworkThread&) = delete;

  LoopHost& host() { return *host_; }

 private:
  void run();

  uv_loop_t loop_{};
  std::unique_ptr<LoopHost> host_;
  uv_thread_t thread_{};
};
static_assert(kIsUniqueOwner<NetworkThread>);

}  // namespace libmosquitto
