// The JavaScript object of a client. It converts the arguments of methods, and delivers events to JavaScript by calling
// its own `sink` property.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "client/client.h"
#include "driver/loop_host.h"
#include "napi_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class Environment;

class ClientWrap final : public Napi::ObjectWrap<ClientWrap>, private ClientOwner, private LoopTask {
 public:
  static Napi::Function define(Napi::Env env);

  explicit ClientWrap(const Napi::CallbackInfo& info);
  ~ClientWrap() override;
  ClientWrap(const ClientWrap&) = delete;
  ClientWrap& operator=(const ClientWrap&) = delete;

  // For the end of the environment: stop() stops the loop, end() frees the handle.
  void stop();
  void end();
  void turn_ended();

 private:
  // The object that a method is called on. kLive: a client that was not destroyed. kConnecting: the same, for a method
  // that connects. kAny: any client. kWrap: this object.
  enum class On { kLive, kConnecting, kAny, kWrap };
  template <On on, auto Method>
  Napi::Value call(const Napi::CallbackInfo& info);
  using Descriptor = Napi::ClassPropertyDescriptor<ClientWrap>;
  template <On on, auto Method, size_t Count>
  static Descriptor method(const char* name, const char* const (&names)[Count]);
  template <On on, auto Method>
  static Descriptor method(const char* name);
  Napi::Value first_publish(const Napi::CallbackInfo& info);
  static Napi::Value own_publish(const Napi::CallbackInfo& info);

  // Methods that deliver events, or that are about the JavaScript object.
  int loop(int32_t timeout, int32_t max_packets);
  int loop_read(int32_t max_packets);
  int loop_write(int32_t max_packets);
  int loop_misc();
  void ref();
  void unref();

  // ClientOwner
  LoopHost& event_loop() override;
  LoopHost& network_thread() override;
  void events_ready() override;
  void deliver() override;
  [[nodiscard]] bool idle() const override;
  [[nodiscard]] bool may_loop() const override;
  void at_turn_end() override;
  void pre_connect() override;
  bool ending() override;
  void look_up(int32_t question, const std::string& domain) override;
  void loop_started() override;
  void loop_stopped() override;

  // LoopTask: runs after events_ready().
  void run_on_loop() override;

  Client& client();
  bool read_leftovers(Client& client, int32_t max_packets, int& rc);
  template <typename Step>
  int manual(Step step);
  void deliver_tls_failure(int rc);
  enum class Mode { kManual, kBackground };
  // Delivers chunks of events to JavaScript until none is left, or the time is over. In manual mode it throws what a
  // callback threw.
  void deliver_events(Mode mode, uint64_t most_ns);
  void call_dispatch(Mode mode, EventChunk& chunk);
  void call_sink(const char* method, const std::initializer_list<napi_value>& arguments);
  void update_ref();

  Environment& environment_;
  std::unique_ptr<Client> client_;
  bool pinned_ = false;       // a running loop: the object must not be collected
  bool referenced_ = true;    // ref(), unref()
  bool ref_counted_ = false;  // counted by Environment::ref(): the process stays alive
};
static_assert(kIsUniqueOwner<ClientWrap>);

}  // namespace libmosquitto
