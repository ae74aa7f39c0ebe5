// Defines for the build with the system's libmosquitto, which lacks the C code of libmosquitto/, what mosquitto_setup.h
// declares. Only mosquitto_setup.h includes this file; its comments say what each function is for. Most functions do
// nothing, because the library has no call for it.
#pragma once

#include <algorithm>

namespace libmosquitto {

inline constexpr bool kLimitsPackets = false;
inline constexpr bool kTellsTlsFailure = false;
inline constexpr bool kExcusesPingresp = false;

// The library sends CONNECT without its properties after a SOCKS handshake. It follows null pointers when the proxy
// asks for a password and none was given.
inline constexpr bool kRepairsSocks = false;

// The most bytes of an ALPN name. The library cuts a longer one.
inline constexpr size_t kLongestAlpn = 254;

inline constexpr bool kTellsArrival = false;
inline constexpr bool kHasEngine = false;

// The part of handle_state that the addon reads.
struct HandleState {
  struct payload_in_place {
    const uint8_t* bytes;
    uint32_t length;
  } payload;
  struct {
    int emptied;
  } read_ahead;
  int receive_maximum_set;
  int heard;
  int arrived;
  struct {
    int over;
  } bound;
};

inline bool may_authenticate(mosquitto* /*handle*/) { return true; }

inline void restore_input(mosquitto* /*handle*/, uint16_t /*position*/, uint16_t /*length*/) {}

inline bool is_oversize(mosquitto* /*handle*/, uint64_t /*length*/, const mosquitto_property* /*properties*/) {
  return false;
}

inline bool in_transport_handshake(mosquitto* /*handle*/) { return false; }

inline uint64_t queued_answers(mosquitto* /*handle*/) { return 0; }

inline bool write_directly(mosquitto* /*handle*/) { return false; }

inline bool store_topic(mosquitto* /*handle*/, int /*mid*/, const char* /*topic*/) { return true; }
inline void forget_outgoing_aliases(mosquitto* /*handle*/) {}

inline int set_credentials(mosquitto* handle, const char* username, const char* password) {
  return mosquitto_username_pw_set(handle, username, password);
}
inline int set_proxy(mosquitto* handle, const char* host, int port, const char* username, const char* password) {
  return mosquitto_socks5_set(handle, host, port, username, password);
}

inline void forget_psk(mosquitto* /*handle*/) {}
inline int clear_alpn(mosquitto* /*handle*/) { return MOSQ_ERR_INVAL; }

inline void begin_read(mosquitto* /*handle*/, bool /*leftovers*/) {}
inline bool end_read(mosquitto* /*handle*/) { return false; }

inline void init_read_ahead(mosquitto* /*handle*/) {}
inline void shrink_unused(mosquitto* /*handle*/) {}

inline bool has_free_id(mosquitto* /*handle*/) { return true; }

inline uint64_t in_flight(mosquitto* /*handle*/, uint64_t unacknowledged) {
  return std::min<uint64_t>(unacknowledged, 20);
}

inline void prepare_connection(mosquitto* /*handle*/, uint16_t /*send_maximum*/, uint16_t /*keepalive*/) {}
inline void release_leftovers(mosquitto* /*handle*/) {}

inline void apply_send_maximum(mosquitto* /*handle*/, uint16_t /*maximum*/) {}

inline bool awaits_pingresp(mosquitto* /*handle*/) { return false; }
inline void excuse_pingresp(mosquitto* /*handle*/) {}

inline std::unique_lock<std::mutex> lock_tls_setup(bool may_be_first) {
  static std::mutex mutex;
  if (may_be_first) return std::unique_lock(mutex);
  return {};
}

}  // namespace libmosquitto
