// One JavaScript environment (the main thread, or a worker) owns this: its loop, its
// network thread, its clients. It ends with them.
#pragma once

#include <memory>
#include <unordered_set>
#include <vector>

#include "driver/loop_host.h"
#include "driver/network_thread.h"
#include "driver/uv_handle.h"
#include "napi_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class ClientWrap;

class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment& of(const Napi::Env& env) { return *env.GetInstanceData<Environment>(); }

  LoopHost& event_loop() { return *event_loop_; }
  // Started when the first client needs it.
  LoopHost& network_thread();

  void add(ClientWrap& client) { clients_.insert(&client); }
  void remove(ClientWrap& client);

  // Calls client.turn_ended() before the event loop waits again, once.
  void at_turn_end(ClientWrap& client);

  // Loops that keep the process alive.
  void hold();
  void release();

  // Stops all clients' loops; none starts again. For the 'exit' event: cleanup hooks
  // do not run on process.exit(), and a thread that is inside OpenSSL while OpenSSL's
  // own exit handler runs brings the process down.
  void stop_clients();
  [[nodiscard]] bool stopped() const { return stopped_; }

  [[nodiscard]] napi_async_context async_context() const { return async_context_; }

 private:
  static void clean_up(napi_async_cleanup_hook_handle handle, void* environment);

  Napi::Env env_;
  napi_async_context async_context_ = nullptr;
  std::unique_ptr<LoopHost> event_loop_;
  std::unique_ptr<NetworkThread> network_thread_;
  std::unordered_set<ClientWrap*> clients_;
  std::vector<ClientWrap*> at_turn_end_;
  UvPrepare turn_end_;
  int holds_ = 0;
  bool stopped_ = false;
};
static_assert(kIsUniqueOwner<Environment>);

}  // namespace libmosquitto
