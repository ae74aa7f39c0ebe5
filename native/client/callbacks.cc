// The callbacks that libmosquitto calls: each copies its arguments into the client's
// batch and returns. No JavaScript runs inside a call of the library, so none can
// destroy the client there, call back into it, or throw through its frames.
#include <cerrno>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "client/client.h"
#include "driver/property_bytes.h"

namespace libmosquitto {
namespace {

// A large payload is in the packet's buffer, and `message` then says that there is none (engine/in_place.c).
std::string_view payload_of(const HandleState::payload_in_place& payload, const mosquitto_message& message) {
  if (payload.bytes != nullptr) return {reinterpret_cast<const char*>(payload.bytes), payload.length};
  return {static_cast<const char*>(message.payload), static_cast<size_t>(message.payloadlen)};
}

struct Trampolines {
  static Client& of(void* obj) { return *static_cast<Client*>(obj); }

  static void on_connect(mosquitto* /*mosq*/, void* obj, int rc, int flags, const mosquitto_property* properties) {
    Client& client = of(obj);
    if (rc == 0) {
      client.accepted(properties);
    } else {
      client.connection().remember_refusal(rc);
    }
    const std::string bytes = property_bytes(properties);
    client.session().record(connect_record(rc, flags, bytes));
  }

  static void on_disconnect(mosquitto* /*mosq*/, void* obj, int rc, const mosquitto_property* properties) {
    Client& client = of(obj);
    const int code = client.connection().end(rc);
    const std::string bytes = property_bytes(properties);
    client.session().record(disconnect_record(code, bytes));
    // The end of a connection ends what a refused packet began: what is lost with the connection is recorded.
    client.session().take_refusal();
    client.connection_ended();
  }

  static void on_publish(mosquitto* /*mosq*/, void* obj, int mid, int reason_code,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    client.session().record_publication(mid, reason_code, properties);
    client.confirmed(mid, reason_code);
  }

  static void on_message(mosquitto* /*mosq*/, void* obj, const mosquitto_message* message,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    Session& session = client.session();
    const std::string_view payload = payload_of(session.state().payload, *message);
    client.received(payload.size());
    const bool wanted = session.wanted(EventKind::kMessage);
    if (!wanted && client.connection().skips_message()) return;
    session.record_message(*message, payload, property_bytes(properties), wanted);
  }

  static void on_subscribe(mosquitto* /*mosq*/, void* obj, int mid, int qos_count, const int* granted_qos,
                           const mosquitto_property* properties) {
    record_codes(of(obj), EventKind::kSubscribe, mid, qos_count, granted_qos, properties);
  }

  static void on_unsubscribe(mosquitto* /*mosq*/, void* obj, int mid, int count, const int* codes,
                             const mosquitto_property* properties) {
    record_codes(of(obj), EventKind::kUnsubscribe, mid, count, codes, properties);
  }

  static void on_unsubscribe_without_codes(mosquitto* mosq, void* obj, int mid, const mosquitto_property* properties) {
    on_unsubscribe(mosq, obj, mid, 0, nullptr, properties);
  }

  static void record_codes(Client& client, EventKind kind, int mid, int count, const int* codes,
                           const mosquitto_property* properties) {
    // The static build refuses such a packet before this callback.
    const int command = kind == EventKind::kSubscribe ? CMD_SUBSCRIBE : CMD_UNSUBSCRIBE;
    if (count > 0 && static_cast<uint32_t>(count) > client.codes_asked(command, mid)) {
      client.session().refuse_packet();
      return;
    }
    client.answered(command, mid);
    std::string code_bytes;
    for (int i = 0; i < count; i++) code_bytes.push_back(static_cast<char>(codes[i]));
    const std::string bytes = property_bytes(properties);
    client.session().record(kind == EventKind::kSubscribe ? subscribe_record(mid, code_bytes, bytes)
                                                          : unsubscribe_record(mid, code_bytes, bytes));
  }

  static void on_log(mosquitto* /*mosq*/, void* obj, int level, const char* text) {
    Client& client = of(obj);
    client.session().log(level, text);
    if (level == MOSQ_LOG_ERR) client.tls().read_log_line(text, client.connection().target().hostname);
  }

  // JavaScript answers after this call. Until then nothing is read or written. JavaScript refuses when no callback is
  // assigned by then.
  static int on_ext_auth(mosquitto* /*mosq*/, void* obj, const char* method, uint16_t data_length, const void* data,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    const std::string_view method_text = method == nullptr ? std::string_view() : std::string_view(method);
    const std::string_view data_bytes(static_cast<const char*>(data), data == nullptr ? 0 : data_length);
    const std::string bytes = property_bytes(properties);
    const bool recorded = client.session().record(ext_auth_record(method_text, data_bytes, bytes));
    if (!recorded) return MOSQ_ERR_NOMEM;  // nobody would answer
    client.connection().begin_authentication();
    return MOSQ_ERR_SUCCESS;
  }
};

// The library calls this in place of a trampoline, so that no exception leaves it.
template <auto Callback>
struct Guarded;
template <typename Result, typename... Arguments, Result (*Callback)(mosquitto*, void*, Arguments...)>
struct Guarded<Callback> {
  static Result call(mosquitto* mosq, void* obj, Arguments... arguments) noexcept {
    try {
      return Callback(mosq, obj, arguments...);
    } catch (const std::bad_alloc&) {
      Trampolines::of(obj).session().end_without_memory();
    }
    if constexpr (!std::is_void_v<Result>) return MOSQ_ERR_NOMEM;
  }
};

}  // namespace

const Connection::LogCallback Connection::kLogCallback = Guarded<Trampolines::on_log>::call;

// Each handle gets its callbacks once. Up to libmosquitto 2.0.20 a callback runs while the mutex is locked that setting
// a callback needs.
void Client::set_callbacks() {
  mosquitto* const handle = session_.handle();
  mosquitto_connect_v5_callback_set(handle, Guarded<Trampolines::on_connect>::call);
  mosquitto_disconnect_v5_callback_set(handle, Guarded<Trampolines::on_disconnect>::call);
  mosquitto_publish_v5_callback_set(handle, Guarded<Trampolines::on_publish>::call);
  mosquitto_message_v5_callback_set(handle, Guarded<Trampolines::on_message>::call);
  mosquitto_subscribe_v5_callback_set(handle, Guarded<Trampolines::on_subscribe>::call);
  set_newer_callbacks(handle, Guarded<Trampolines::on_unsubscribe>::call,
                      Guarded<Trampolines::on_unsubscribe_without_codes>::call,
                      Guarded<Trampolines::on_ext_auth>::call);
}

}  // namespace libmosquitto
