// The callbacks that libmosquitto calls: each copies its arguments into the client's
// batch and returns. No JavaScript runs inside a call of the library, so none can
// destroy the client there, call back into it, or throw through its frames.
#include <cerrno>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "client/client.h"
#include "client/tls_failure.h"
#include "driver/property_bytes.h"

namespace libmosquitto {
namespace {

constexpr int32_t kRetain = 1 << 2;
constexpr int32_t kAsciiTopic = 1 << 3;

bool is_ascii(std::string_view text) {
  unsigned char any = 0;
  for (const char c : text) any |= static_cast<unsigned char>(c);
  return any < 0x80;
}

// A large one stands elsewhere, and the message is said to have none.
std::string_view payload_of(const Kept::payload_in_place& payload, const mosquitto_message& message) {
  if (payload.bytes != nullptr) return {reinterpret_cast<const char*>(payload.bytes), payload.length};
  return {static_cast<const char*>(message.payload), static_cast<size_t>(message.payloadlen)};
}

int32_t length(std::string_view bytes) { return static_cast<int32_t>(bytes.size()); }

}  // namespace

struct Trampolines {
  static Client& of(void* obj) { return *static_cast<Client*>(obj); }

  static void on_connect(mosquitto* /*mosq*/, void* obj, int rc, int flags, const mosquitto_property* properties) {
    Client& client = of(obj);
    if (rc == 0) {
      client.accepted_ = true;
      client.accept_keepalive(properties);
      client.reconnect_policy_.reset();
    } else {
      client.remember_refusal(rc);
    }
    const std::string bytes = property_bytes(properties);
    client.record(EventKind::kConnect, {rc, flags, length(bytes)}, {bytes});
  }

  static void on_disconnect(mosquitto* /*mosq*/, void* obj, int rc, const mosquitto_property* properties) {
    Client& client = of(obj);
    // The library reports a failure of TLS as a failed system call or a lost connection,
    // and our own closing as a lost connection.
    if (!kTellsTlsFailure && client.tls_->wanted && errno == EPROTO) client.tls_failed();
    // A reset shows as one or as the other, by who comes first, the reader or the writer.
    if (client.handshaking_) client.tls_failed();
    if (client.tls_->failed && (rc == MOSQ_ERR_ERRNO || rc == MOSQ_ERR_CONN_LOST)) rc = MOSQ_ERR_TLS;
    if (const int own = std::exchange(client.closing_rc_, 0); own != 0 && rc != 0) rc = own;
    // The end of the stream within a packet; and a DISCONNECT of the broker without a reason:
    // 0 is for what the client has asked for.
    const bool unasked = rc == MOSQ_ERR_SUCCESS && !client.disconnect_requested_;
    if (unasked || (rc == MOSQ_ERR_ERRNO && errno == 0)) rc = MOSQ_ERR_CONN_LOST;
    client.ended_rc_ = rc;
    client.remember_end(rc, errno);
    const std::string bytes = property_bytes(properties);
    client.record(EventKind::kDisconnect, {rc, length(bytes)}, {bytes});
    client.drop_unwritten();
  }

  static void on_publish(mosquitto* /*mosq*/, void* obj, int mid, int reason_code,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    if (properties == nullptr && !client.wanted(EventKind::kPublish)) {
      client.record_unheard_publication(mid, reason_code);
    } else {
      const std::string bytes = property_bytes(properties);
      client.record(EventKind::kPublish, {mid, reason_code, length(bytes)}, {bytes});
    }
    client.confirmed(mid);
  }

  static void on_message(mosquitto* /*mosq*/, void* obj, const mosquitto_message* message,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    const bool wanted = client.wanted(EventKind::kMessage);
    if (!wanted && client.skips_message()) return;
    const std::string_view topic(message->topic);
    const std::string_view payload = payload_of(client.kept_.payload, *message);
    const std::string bytes = property_bytes(properties);
    if (message->qos > 0) client.owes_handlers_ = true;
    // JavaScript may never see what nobody listens to: no later message may refer to its topic.
    const TopicTable::Place place = wanted ? client.topics_.use().place(topic) : TopicTable::Place();
    const std::string_view told = place.known ? std::string_view() : topic;
    const int32_t bits = message->qos | (message->retain ? kRetain : 0) | (is_ascii(told) ? kAsciiTopic : 0);
    const bool recorded = client.record(
        EventKind::kMessage, {message->mid, bits, length(told), length(payload), length(bytes), place.number},
        {told, payload, bytes});
    // JavaScript will not hear of this topic.
    if (!recorded) client.topics_.reset();
    if (recorded && place.number >= 0) client.batch_.note_topic();
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
    // The static build refuses such a packet before it comes here.
    const int command = kind == EventKind::kSubscribe ? CMD_SUBSCRIBE : CMD_UNSUBSCRIBE;
    if (count > 0 && static_cast<uint32_t>(count) > client.codes_asked(command, mid)) {
      client.too_many_codes_ = true;
      client.closing_rc_ = MOSQ_ERR_PROTOCOL;
      return;
    }
    std::string code_bytes;
    for (int i = 0; i < count; i++) code_bytes.push_back(static_cast<char>(codes[i]));
    const std::string bytes = property_bytes(properties);
    client.record(kind, {mid, count, length(bytes)}, {code_bytes, bytes});
  }

  static void on_log(mosquitto* mosq, void* obj, int level, const char* text) {
    Client& client = of(obj);
    client.log(level, text);
    if (level != MOSQ_LOG_ERR) return;
    const std::string reason = tls_failure(mosq, text, client.target_.hostname);
    TlsSettings* const tls = client.tls_.used();
    if (tls == nullptr || tls->refused) return;
    add_tls_line(tls->reason, text, reason);
    if (!reason.empty()) client.log(MOSQ_LOG_ERR, "TLS: " + reason);
  }

  // The answer is JavaScript's, after this call: until then nothing is read or written. It refuses
  // when there is no callback by then.
  static int on_ext_auth(mosquitto* /*mosq*/, void* obj, const char* method, uint16_t data_length, const void* data,
                         const mosquitto_property* properties) {
    Client& client = of(obj);
    const std::string_view method_text = method == nullptr ? std::string_view() : std::string_view(method);
    const std::string_view data_bytes(static_cast<const char*>(data), data == nullptr ? 0 : data_length);
    const std::string bytes = property_bytes(properties);
    const bool recorded = client.record(
        EventKind::kExtAuth,
        {method == nullptr ? -1 : length(method_text), data == nullptr ? -1 : length(data_bytes), length(bytes)},
        {method_text, data_bytes, bytes});
    if (!recorded) return MOSQ_ERR_NOMEM;  // nobody would answer
    client.authenticating_ = true;
    return MOSQ_ERR_SUCCESS;
  }
};

// The library calls this in place of a trampoline: no exception leaves it.
template <auto Callback>
struct Guarded;
template <typename Result, typename... Arguments, Result (*Callback)(mosquitto*, void*, Arguments...)>
struct Guarded<Callback> {
  static Result call(mosquitto* mosq, void* obj, Arguments... arguments) noexcept {
    try {
      return Callback(mosq, obj, arguments...);
    } catch (const std::bad_alloc&) {
      Trampolines::of(obj).end_without_memory();
    }
    if constexpr (!std::is_void_v<Result>) return MOSQ_ERR_NOMEM;
  }
};

// Once per handle: up to libmosquitto 2.0.20 a callback runs with the mutex held that
// setting one needs.
void Client::configure() {
  kept_ = Kept{};
  hears_log_ = false;  // the library has no callbacks yet
  begin_small(handle_);
  mosquitto_connect_v5_callback_set(handle_, Guarded<Trampolines::on_connect>::call);
  mosquitto_disconnect_v5_callback_set(handle_, Guarded<Trampolines::on_disconnect>::call);
  mosquitto_publish_v5_callback_set(handle_, Guarded<Trampolines::on_publish>::call);
  mosquitto_message_v5_callback_set(handle_, Guarded<Trampolines::on_message>::call);
  mosquitto_subscribe_v5_callback_set(handle_, Guarded<Trampolines::on_subscribe>::call);
  set_newer_callbacks(handle_, Guarded<Trampolines::on_unsubscribe>::call,
                      Guarded<Trampolines::on_unsubscribe_without_codes>::call,
                      Guarded<Trampolines::on_ext_auth>::call);
  // Without it on_publish of a QoS 0 message comes inside mosquitto_publish(), before
  // its mid is known, and a packet may be written by whichever thread queued it.
  mosquitto_threaded_set(handle_, true);
  // Nagle's algorithm holds small packets back for 40 ms.
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
}

void Client::listen(int32_t mask) {
  bool waited_for = false;
  {
    const std::lock_guard lock(mutex_);
    listening_ = static_cast<uint32_t>(mask);
    follow_log();
    waited_for = heard();
  }
  if (waited_for && link_ != nullptr) owner_.events_ready();
}

// With the lock held, and not inside a call of the library. libmosquitto formats a line for each packet as soon as
// somebody listens; last_error needs its lines about TLS, which come before CONNACK.
void Client::follow_log() {
  const bool hears = wanted(EventKind::kLog) || (tls_->wanted && !accepted_);
  if (hears == hears_log_) return;
  hears_log_ = hears;
  mosquitto_log_callback_set(handle_, hears ? Guarded<Trampolines::on_log>::call : nullptr);
}

}  // namespace libmosquitto

#ifndef LIBMOSQUITTO_SYSTEM

uint32_t repairs_packet_limit(void* userdata) { return static_cast<libmosquitto::Client*>(userdata)->packet_limit(); }

int repairs_waits(void* userdata) { return static_cast<libmosquitto::Client*>(userdata)->authenticating() ? 1 : 0; }

void repairs_hold(void* userdata, uint16_t position, uint16_t length) {
  static_cast<libmosquitto::Client*>(userdata)->hold_input(position, length);
}

int repairs_read_enough(void* userdata) { return static_cast<libmosquitto::Client*>(userdata)->read_enough() ? 1 : 0; }

void repairs_tls_failed(void* userdata) { static_cast<libmosquitto::Client*>(userdata)->tls_failed(); }

uint32_t repairs_codes_asked(void* userdata, int command, uint16_t mid) {
  return static_cast<libmosquitto::Client*>(userdata)->codes_asked(command, mid);
}

void repairs_ends_with(void* userdata, int rc) { static_cast<libmosquitto::Client*>(userdata)->ends_with(rc); }

void repairs_end_without_memory(void* userdata) { static_cast<libmosquitto::Client*>(userdata)->end_without_memory(); }

void repairs_packet_refused(void* userdata) { static_cast<libmosquitto::Client*>(userdata)->packet_refused(); }

uint64_t repairs_waiting_limit(void* userdata, uint16_t receive_maximum) {
  return static_cast<libmosquitto::Client*>(userdata)->waiting_limit(receive_maximum);
}

int repairs_make_room(void* userdata, uint64_t bytes, uint64_t properties) {
  return static_cast<libmosquitto::Client*>(userdata)->make_room(bytes, properties) ? 1 : 0;
}

repairs_state* repairs_kept(void* userdata) { return &static_cast<libmosquitto::Client*>(userdata)->kept(); }

#endif
