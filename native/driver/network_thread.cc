#include "driver/network_thread.h"

#include <csignal>

#include <pthread.h>

namespace libmosquitto {

NetworkThread::NetworkThread() {
  uv_loop_init(&loop_);
  host_ = std::make_unique<LoopHost>(&loop_);
  host_->ref();

  // Signals are for Node's own thread: the new one inherits a mask without any.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { uv_run(&loop_, UV_RUN_DEFAULT); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
#ifdef __linux__
  pthread_setname_np(thread_.native_handle(), "libmosquitto");
#endif
  host_->set_thread(thread_.get_id());
}

NetworkThread::~NetworkThread() {
  // With the host's handle closed and every other one before it, uv_run() returns.
  host_->post([this] { host_->close([] {}); });
  thread_.join();
  uv_loop_close(&loop_);
}

}  // namespace libmosquitto
