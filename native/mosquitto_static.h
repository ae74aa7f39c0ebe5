// Defines for the static build, which has the C code of libmosquitto/, what mosquitto_setup.h declares. Only
// mosquitto_setup.h includes this file; its comments say what each function does.
#pragma once

#include "libmosquitto/addon.h"
#include "libmosquitto/engine.h"
#include "libmosquitto/repairs/repairs.h"
#include "libmosquitto/repairs/secrets.h"
#include "libmosquitto/state.h"

namespace libmosquitto {

// libmosquitto/repairs/ limits incoming packets and reports TLS failures.
inline constexpr bool kLimitsPackets = true;
inline constexpr bool kTellsTlsFailure = true;

inline constexpr bool kExcusesPingresp = true;

// The SOCKS handshake keeps CONNECT's properties, and fails when the proxy asks for a password and none was given.
inline constexpr bool kRepairsSocks = true;

// The most bytes of an ALPN name: TLS's limit, because tls_hello.c sets the name.
inline constexpr size_t kLongestAlpn = 255;

// Whether HandleState tells when bytes have come.
inline constexpr bool kTellsArrival = true;

// True when native/libmosquitto/engine is linked in.
#ifndef LIBMOSQUITTO_PLAIN
inline constexpr bool kHasEngine = true;
#else
inline constexpr bool kHasEngine = false;
#endif

// State that native/libmosquitto/ stores for a client.
using HandleState = ::handle_state;

inline bool may_authenticate(mosquitto* handle) { return repairs_speaks_mqtt5(handle) != 0; }

inline void restore_input(mosquitto* handle, uint16_t position, uint16_t length) {
  repairs_restore_input(handle, position, length);
}

inline bool is_oversize(mosquitto* handle, uint64_t length, const mosquitto_property* properties) {
  return repairs_is_oversize(handle, length, properties) != 0;
}

inline bool in_transport_handshake(mosquitto* handle) { return repairs_in_handshake(handle) != 0; }

inline uint64_t queued_answers(mosquitto* handle) { return repairs_queued_answers(handle); }

inline bool write_directly(mosquitto* handle) { return engine_write_directly(handle) != 0; }

inline bool store_topic(mosquitto* handle, int mid, const char* topic) {
  return repairs_store_topic(handle, mid, topic) != 0;
}
inline void forget_outgoing_aliases(mosquitto* handle) { repairs_forget_outgoing_aliases(handle); }

inline int set_credentials(mosquitto* handle, const char* username, const char* password) {
  return secrets_username_pw_set(handle, username, password);
}
inline int set_proxy(mosquitto* handle, const char* host, int port, const char* username, const char* password) {
  return secrets_socks5_set(handle, host, port, username, password);
}

inline void forget_psk(mosquitto* handle) { repairs_forget_psk(handle); }
inline int clear_alpn(mosquitto* handle) { return repairs_alpn_clear(handle); }

inline void begin_read(mosquitto* handle, bool leftovers) { repairs_begin_read(handle, leftovers ? 1 : 0); }
inline bool end_read(mosquitto* handle) { return repairs_end_read(handle) != 0; }

inline void init_read_ahead(mosquitto* handle) { engine_init_read_ahead(handle); }
inline void shrink_unused(mosquitto* handle) { engine_shrink_unused(handle); }

inline bool has_free_id(mosquitto* handle) { return repairs_has_free_id(handle) != 0; }

inline uint64_t in_flight(mosquitto* handle, uint64_t /*unacknowledged*/) { return repairs_in_flight(handle); }

inline void prepare_connection(mosquitto* handle, uint16_t send_maximum, uint16_t keepalive) {
  repairs_prepare_connection(handle, send_maximum, keepalive);
}
inline void release_leftovers(mosquitto* handle) { repairs_release(handle); }

inline void apply_send_maximum(mosquitto* handle, uint16_t maximum) { repairs_set_send_maximum(handle, maximum); }

inline bool awaits_pingresp(mosquitto* handle) { return repairs_expects_pingresp(handle) != 0; }
inline void excuse_pingresp(mosquitto* handle) { repairs_excuse_pingresp(handle); }

inline std::unique_lock<std::mutex> lock_tls_setup(bool /*may_be_first*/) { return {}; }

}  // namespace libmosquitto
