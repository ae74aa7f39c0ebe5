#include "driver/network_thread.h"

#include <system_error>

#include "system_setup.h"

namespace libmosquitto {

NetworkThread::NetworkThread() {
  const int error = uv_loop_init(&loop_);
  if (error != 0) throw std::system_error(-error, std::generic_category(), "uv_loop_init");
  try {
    host_ = std::make_unique<LoopHost>(&loop_);
    host_->ref();
    // libuv makes the thread with a stack as large as the main thread's. The C library's default may be too small for
    // the packets that are gathered for one write and for OpenSSL: 128 KiB with musl.
    const int failure = uv_thread_create(&thread_, [](void* self) { static_cast<NetworkThread*>(self)->run(); }, this);
    if (failure != 0) throw std::system_error(-failure, std::generic_category(), "uv_thread_create");
    host_->set_thread(thread_);
  } catch (...) {
    if (host_) host_->close([] {});
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
    throw;
  }
}

void NetworkThread::run() {
  prepare_thread("libmosquitto");
  uv_run(&loop_, UV_RUN_DEFAULT);
}

NetworkThread::~NetworkThread() {
  // uv_run() returns when the host's handle and all others before it are closed.
  host_->post([this] { host_->close([] {}); });
  uv_thread_join(&thread_);
  uv_loop_close(&loop_);
}

}  // namespace libmosquitto
