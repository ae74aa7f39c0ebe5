#include "driver/network_thread.h"

#include <csignal>
#include <system_error>

#include "system_setup.h"

namespace libmosquitto {

NetworkThread::NetworkThread() {
  const int error = uv_loop_init(&loop_);
  if (error != 0) throw std::system_error(-error, std::generic_category(), "uv_loop_init");
  try {
    host_ = std::make_unique<LoopHost>(&loop_);
    host_->ref();
    thread_ = std::thread([this] { run(); });
    host_->set_thread(thread_.get_id());
  } catch (...) {
    if (host_) host_->close([] {});
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
    throw;
  }
}

void NetworkThread::run() {
  // Signals are for Node's own thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  name_this_thread("libmosquitto");
  uv_run(&loop_, UV_RUN_DEFAULT);
}

NetworkThread::~NetworkThread() {
  // With the host's handle closed and every other one before it, uv_run() returns.
  host_->post([this] { host_->close([] {}); });
  thread_.join();
  uv_loop_close(&loop_);
}

}  // namespace libmosquitto
