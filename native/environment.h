// One JavaScript environment (the main thread, or a worker). It owns the environment's loop, network thread and
// clients, which end with it.
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
  // The first call starts the thread.
  LoopHost& network_thread();

  void add(ClientWrap& client) { clients_.insert(&client); }
  void remove(ClientWrap& client);

  // Calls client.turn_ended() once, before the event loop polls again.
  void at_turn_end(ClientWrap& client);

  // Counts the running loops; while the count is above zero the process stays alive.
  void ref();
  void unref();

  // Stops all clients' loops; none starts again. The 'exit' event calls this, because cleanup hooks do not run on
  // process.exit(). A thread inside OpenSSL would bring the process down while OpenSSL's own exit handler runs.
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
  int refs_ = 0;
  bool stopped_ = false;
};
static_assert(kIsUniqueOwner<Environment>);

}  // namespace libmosquitto
