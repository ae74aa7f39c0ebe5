// What libmosquitto calls: each callback copies what it is given into the client's
// batch and returns. No JavaScript runs inside a call of the library, so none can
// destroy the client there, call back into it, or throw through its frames.
#include "client/client.h"

namespace libmosquitto {

struct Trampolines {
  static Client& of(void* obj) { return *static_cast<Client*>(obj); }

  static void on_connect(mosquitto* /*mosq*/, void* obj, int rc, int flags,
                         const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (rc == 0) {
      client.accepted_ = true;
      client.reconnect_policy_.reset();
    }
    if (client.wanted(EventKind::kConnect)) client.record(EventKind::kConnect, {rc, flags});
  }

  static void on_disconnect(mosquitto* /*mosq*/, void* obj, int rc, const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (client.wanted(EventKind::kDisconnect)) client.record(EventKind::kDisconnect, {rc});
  }

  static void on_publish(mosquitto* /*mosq*/, void* obj, int mid, int reason_code,
                         const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (client.wanted(EventKind::kPublish)) client.record(EventKind::kPublish, {mid, reason_code});
  }

  static void on_message(mosquitto* /*mosq*/, void* obj, const mosquitto_message* message,
                         const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (!client.wanted(EventKind::kMessage)) return;
    const std::string_view topic(message->topic);
    const std::string_view payload(static_cast<const char*>(message->payload),
                                   static_cast<size_t>(message->payloadlen));
    const int32_t bits = message->qos | (message->retain ? kRetain : 0) | (is_ascii(topic) ? kAsciiTopic : 0);
    client.record(EventKind::kMessage,
                  {message->mid, bits, static_cast<int32_t>(topic.size()), static_cast<int32_t>(payload.size())}, topic,
                  payload);
  }

  static void on_subscribe(mosquitto* /*mosq*/, void* obj, int mid, int qos_count, const int* granted_qos,
                           const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (client.wanted(EventKind::kSubscribe)) {
      client.batch_.append_codes(EventKind::kSubscribe, mid, granted_qos, qos_count);
    }
  }

  static void on_unsubscribe(mosquitto* /*mosq*/, void* obj, int mid, const mosquitto_property* /*props*/) noexcept {
    Client& client = of(obj);
    if (client.wanted(EventKind::kUnsubscribe)) {
      client.batch_.append_codes(EventKind::kUnsubscribe, mid, nullptr, 0);
    }
  }

  static void on_log(mosquitto* /*mosq*/, void* obj, int level, const char* text) noexcept { of(obj).log(level, text); }

  static constexpr int32_t kRetain = 1 << 2;
  static constexpr int32_t kAsciiTopic = 1 << 3;

  static bool is_ascii(std::string_view text) {
    unsigned char any = 0;
    for (const char c : text) any |= static_cast<unsigned char>(c);
    return any < 0x80;
  }
};

// Once per handle: up to libmosquitto 2.0.20 a callback runs with the mutex held that
// setting one needs.
void Client::configure() {
  mosquitto_connect_v5_callback_set(handle_, Trampolines::on_connect);
  mosquitto_disconnect_v5_callback_set(handle_, Trampolines::on_disconnect);
  mosquitto_publish_v5_callback_set(handle_, Trampolines::on_publish);
  mosquitto_message_v5_callback_set(handle_, Trampolines::on_message);
  mosquitto_subscribe_v5_callback_set(handle_, Trampolines::on_subscribe);
  mosquitto_unsubscribe_v5_callback_set(handle_, Trampolines::on_unsubscribe);
  // Without it on_publish of a QoS 0 message comes inside mosquitto_publish(), before
  // its mid is known, and a packet may be written by whichever thread queued it.
  mosquitto_threaded_set(handle_, true);
  // Nagle's algorithm holds small packets back for 40 ms.
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
}

void Client::listen(uint32_t mask) {
  const std::lock_guard lock(mutex_);
  listening_ = mask;
  // libmosquitto formats a line for each packet as soon as somebody listens.
  mosquitto_log_callback_set(handle_, wanted(EventKind::kLog) ? Trampolines::on_log : nullptr);
}

}  // namespace libmosquitto
