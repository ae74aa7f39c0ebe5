// ClientWrap: delivers the client's events to JavaScript, and is pinned while a loop runs. client_methods.cc has the
// table of methods.
#include "client/client_wrap.h"

#include <cstring>
#include <limits>

#include "convert/errors.h"
#include "environment.h"

namespace libmosquitto {
namespace {

// Events are delivered for this long in one turn of the event loop. Timers and other sockets are delayed by this time
// and the last chunk at most.
constexpr uint64_t kTurnNs = uint64_t{1000} * 1000;
constexpr uint64_t kUnbounded = std::numeric_limits<uint64_t>::max();
// From this size on an external ArrayBuffer costs less than a copy.
constexpr size_t kExternalBytes = size_t{24} * 1024;

// Returns false only in an environment that is ending. An environment with a memory cage for its buffers, such as
// Electron's, gets copies alone.
bool to_arraybuffer(napi_env env, EventChunk& chunk, bool may_be_external, napi_value& buffer) {
  uint8_t* const bytes = chunk.data.get();
  const auto release = [](napi_env /*env*/, void* memory, void* /*hint*/) { delete[] static_cast<uint8_t*>(memory); };
  if (may_be_external && chunk.size >= kExternalBytes &&
      napi_create_external_arraybuffer(env, bytes, chunk.size, release, nullptr, &buffer) == napi_ok) {
    static_cast<void>(chunk.data.release());  // the buffer's
    return true;
  }
  void* data = nullptr;
  if (napi_create_arraybuffer(env, chunk.size, &data, &buffer) != napi_ok) return false;
  std::memcpy(data, bytes, chunk.size);
  return true;
}

}  // namespace

// The garbage collector calls this when no loop runs. It blocks for nothing: a connection attempt is only told to stop.
ClientWrap::~ClientWrap() {
  if (client_ == nullptr) return;
  environment_.remove(*this);
  environment_.event_loop().forget(*this);
}

Client& ClientWrap::client() {
  if (client_->session().destroyed()) throw mosquitto_error(Env(), MOSQ_ERR_INVAL, "the client was destroyed");
  return *client_;
}

bool ClientWrap::may_loop() const { return !environment_.stopped(); }

void ClientWrap::stop() { client_->close_loop(); }

void ClientWrap::end() { client_->destroy(); }

int ClientWrap::loop(int32_t timeout, int32_t max_packets) {
  return manual([&](Client& client) {
    bool readable = false;
    int rc = client.poll_socket(timeout, max_packets, readable);
    if (rc == MOSQ_ERR_SUCCESS && readable) rc = client.loop_read(max_packets);
    // Handlers before acknowledgements: these leave with the next loop_write().
    deliver_events(Mode::kManual, kUnbounded);
    if (client.session().destroyed() || client.loop().running()) return rc;
    if (rc == MOSQ_ERR_SUCCESS && client.socket() >= 0) rc = client.loop_write(max_packets);
    if (!read_leftovers(client, max_packets, rc)) return rc;
    if (rc == MOSQ_ERR_SUCCESS && client.socket() >= 0) rc = client.loop_misc();
    return rc;
  });
}

// For a caller that polls the socket, which does not show what was already read from it. Returns false when a handler
// has taken the client away from this loop.
bool ClientWrap::read_leftovers(Client& client, int32_t max_packets, int& rc) {
  while (!client.session().destroyed() && !client.loop().running()) {
    if (rc != MOSQ_ERR_SUCCESS || !client.has_buffered_input()) return true;
    rc = client.loop_read(max_packets);
    deliver_events(Mode::kManual, kUnbounded);
  }
  return false;
}

int ClientWrap::loop_read(int32_t max_packets) {
  return manual([&](Client& client) {
    int rc = client.loop_read(max_packets);
    deliver_events(Mode::kManual, kUnbounded);
    read_leftovers(client, max_packets, rc);
    return rc;
  });
}

int ClientWrap::loop_write(int32_t max_packets) {
  return manual([&](Client& client) { return client.loop_write(max_packets); });
}

int ClientWrap::loop_misc() {
  return manual([](Client& client) { return client.loop_misc(); });
}

// Makes a step of the caller's own loop. It is refused while another loop runs, and inside a callback, where it would
// deliver events before the current ones are done.
template <typename Step>
int ClientWrap::manual(Step step) {
  Client& client = this->client();
  if (client.loop().running()) client.close_loop_if_over();
  if (client.loop().running() || client.writer().delivering() || !may_loop()) return MOSQ_ERR_INVAL;
  const int rc = step(client);
  if (!client.session().destroyed()) deliver_events(Mode::kManual, kUnbounded);
  return rc;
}

// Called after a method that connects. Without a loop nothing else would deliver the log lines that say why TLS failed;
// a program that exits on the return code would never see them.
void ClientWrap::deliver_tls_failure(int rc) {
  if (rc == MOSQ_ERR_TLS && !client_->session().destroyed() && !client_->loop().running() && may_loop()) {
    deliver_events(Mode::kManual, kUnbounded);
  }
}

void ClientWrap::ref() {
  referenced_ = true;
  update_ref();
}

void ClientWrap::unref() {
  referenced_ = false;
  update_ref();
}

LoopHost& ClientWrap::event_loop() { return environment_.event_loop(); }

LoopHost& ClientWrap::network_thread() { return environment_.network_thread(); }

void ClientWrap::events_ready() { environment_.event_loop().wake(*this); }

void ClientWrap::deliver() {
  const Napi::HandleScope scope(Env());
  // All events are delivered: the acknowledgements leave next.
  deliver_events(Mode::kBackground, kUnbounded);
  if (client_->session().has_events()) events_ready();
}

bool ClientWrap::idle() const {
  const LoopHost& host = environment_.event_loop();
  return host.on_loop_thread() || host.idle();
}

void ClientWrap::at_turn_end() { environment_.at_turn_end(*this); }

void ClientWrap::turn_ended() { client_->writer().turn_ended(); }

// Calls a method of the object's `sink` property.
void ClientWrap::call_sink(const char* method, const std::initializer_list<napi_value>& arguments) {
  const Napi::Value sink = Value().Get("sink");
  if (!sink.IsObject()) return;
  const Napi::Value callback = sink.As<Napi::Object>().Get(method);
  if (callback.IsFunction()) callback.As<Napi::Function>().Call(sink, arguments);
}

// Calls on_pre_connect inside the call that connects.
void ClientWrap::pre_connect() { call_sink("pre_connect_now", {}); }

// Once the environment ends, Node-API refuses whatever might run JavaScript. Converting a boolean counts as such a
// call, but runs none.
bool ClientWrap::ending() {
  const Napi::HandleScope scope(Env());
  napi_value same = nullptr;
  return napi_coerce_to_bool(Env(), Napi::Boolean::New(Env(), true), &same) != napi_ok;
}

// Only sends the question; the answer comes later.
void ClientWrap::look_up(int32_t question, const std::string& domain) {
  call_sink("look_up", {Napi::Number::New(Env(), question), Napi::String::New(Env(), domain)});
}

void ClientWrap::loop_started() {
  if (!pinned_) {
    pinned_ = true;
    Ref();
  }
  update_ref();
}

void ClientWrap::loop_stopped() {
  // The process stays alive until the events of the loop are delivered.
  if (!environment_.stopped()) events_ready();
}

void ClientWrap::run_on_loop() {
  if (!pinned_) return;
  const Napi::HandleScope scope(Env());
  // Referenced here, because the object may be collected once it is unpinned below.
  [[maybe_unused]] const Napi::Value self = Value();
  deliver_events(Mode::kBackground, kTurnNs);
  if (!client_->session().destroyed()) {
    if (client_->close_loop_if_over() || client_->session().has_events()) {
      events_ready();
      return;
    }
  }
  if (client_->loop().running()) return;
  pinned_ = false;
  update_ref();
  Unref();
}

void ClientWrap::update_ref() {
  const bool wanted = pinned_ && referenced_;
  if (wanted == ref_counted_) return;
  ref_counted_ = wanted;
  if (wanted) {
    environment_.ref();
  } else {
    environment_.unref();
  }
}

void ClientWrap::deliver_events(Mode mode, uint64_t most_ns) {
  // Delivering inside a callback would deliver out of order.
  if (client_->writer().delivering()) return;
  const uint64_t begun = uv_hrtime();
  EventChunk chunk;
  while (!client_->session().destroyed() && client_->take_events(chunk)) {
    if (!client_->session().listens_to(chunk)) {
      client_->answer_unheard(chunk);
      EventBatch::recycle(chunk);
      continue;
    }
    client_->writer().set_delivering(true);
    try {
      call_dispatch(mode, chunk);
    } catch (...) {
      client_->writer().set_delivering(false);
      throw;
    }
    client_->writer().set_delivering(false);
    EventBatch::recycle(chunk);
    if (uv_hrtime() - begun >= most_ns) return;
  }
}

void ClientWrap::call_dispatch(Mode mode, EventChunk& chunk) {
  const napi_env env = Env();
  const Napi::HandleScope scope(env);
  napi_value arguments[2];
  napi_value dispatch = nullptr;
  napi_value sink = nullptr;
  // These are plain calls of Node-API: a terminating worker refuses any of them, which is no error. Node frees the
  // memory of an external ArrayBuffer in a later turn of the event loop, and a program that calls loop() may have none.
  if (!to_arraybuffer(env, chunk, mode == Mode::kBackground, arguments[0])) return;
  if (napi_get_boolean(env, mode == Mode::kManual, &arguments[1]) != napi_ok) return;
  if (napi_get_named_property(env, Value(), "sink", &sink) != napi_ok) return;
  if (napi_get_named_property(env, sink, "dispatch", &dispatch) != napi_ok) return;

  if (mode == Mode::kManual) {
    const napi_status status = napi_call_function(env, sink, dispatch, 2, arguments, nullptr);
    if (status == napi_pending_exception) throw Napi::Error::New(env);
    return;
  }
  napi_make_callback(env, environment_.async_context(), sink, dispatch, 2, arguments, nullptr);
  bool thrown = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &thrown) != napi_ok || !thrown) return;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

}  // namespace libmosquitto
