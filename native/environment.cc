#include "environment.h"

#include <algorithm>

#include "client/client_wrap.h"

namespace libmosquitto {

Environment::Environment(Napi::Env env) : env_(env) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) throw Napi::Error::New(env, "no event loop");
  event_loop_ = std::make_unique<LoopHost>(loop);
  napi_async_init(env, nullptr, Napi::String::New(env, "libmosquitto"), &async_context_);
  // The hook is asynchronous: the environment stays until every handle on its loop has closed. Without that the end of
  // a worker would abort the process.
  napi_add_async_cleanup_hook(env, clean_up, this, nullptr);
}

Environment::~Environment() = default;

LoopHost& Environment::network_thread() {
  if (!network_thread_) network_thread_ = std::make_unique<NetworkThread>();
  return network_thread_->host();
}

void Environment::remove(ClientWrap& client) {
  clients_.erase(&client);
  std::replace(at_turn_end_.begin(), at_turn_end_.end(), &client, static_cast<ClientWrap*>(nullptr));
}

void Environment::at_turn_end(ClientWrap& client) {
  at_turn_end_.push_back(&client);
  if (at_turn_end_.size() > 1) return;  // started by the first
  turn_end_.start(*event_loop_, [this] {
    turn_end_.stop();
    // turn_ended() runs no JavaScript, so that no client is added or removed meanwhile.
    for (ClientWrap* const client : at_turn_end_) {
      if (client != nullptr) client->turn_ended();
    }
    at_turn_end_.clear();
  });
}

void Environment::ref() {
  if (refs_++ == 0) event_loop_->ref();
}

void Environment::unref() {
  if (--refs_ == 0) event_loop_->unref();
}

void Environment::stop_clients() {
  stopped_ = true;
  for (ClientWrap* const client : clients_) client->stop();
}

void Environment::clean_up(napi_async_cleanup_hook_handle handle, void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  self.stop_clients();
  for (ClientWrap* const client : self.clients_) client->end();
  self.network_thread_.reset();
  self.turn_end_.close();
  napi_async_destroy(self.env_, self.async_context_);
  self.event_loop_->close([handle] { napi_remove_async_cleanup_hook(handle); });
}

}  // namespace libmosquitto
