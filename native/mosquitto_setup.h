// The only place that includes <mosquitto.h>, and the one list of what differs
// between the versions of libmosquitto that the addon builds against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>

#include <mosquitto.h>
#if __has_include(<mosquitto/mqtt_protocol.h>)
#include <mosquitto/mqtt_protocol.h>
#else
#include <mqtt_protocol.h>
#endif

#ifndef LIBMOSQUITTO_SYSTEM
#include "libmosquitto/addon.h"
#include "libmosquitto/engine.h"
#include "libmosquitto/repairs/repairs.h"
#include "libmosquitto/repairs/secrets.h"
#include "libmosquitto/state.h"
#endif

#if LIBMOSQUITTO_VERSION_NUMBER < 2000011
#error "libmosquitto 2.0.11 or newer is needed"
#endif

namespace libmosquitto {

// WebSockets came with 2.1; to 2.0 their options are numbers like any others.
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
inline constexpr mosq_opt_t kTransportOption = MOSQ_OPT_TRANSPORT;
inline constexpr int kTransportWebSockets = MOSQ_T_WEBSOCKETS;
inline constexpr int kHttpPathOption = MOSQ_OPT_HTTP_PATH;
inline constexpr bool kHasOptionsOf21 = true;
#else
inline constexpr mosq_opt_t kTransportOption = static_cast<mosq_opt_t>(15);
inline constexpr int kTransportWebSockets = 2;
inline constexpr int kHttpPathOption = -1;
inline constexpr bool kHasOptionsOf21 = false;
#endif

// Extended authentication came with 2.1. And 2.0 crashes when it copies an empty string of a property.
inline constexpr bool kExtendedAuth = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;
inline constexpr bool kCopiesEmptyStrings = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;

// Incoming packets are limited, and failures of TLS told, by libmosquitto/repairs/.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kLimitsPackets = true;
inline constexpr bool kTellsTlsFailure = true;
#else
inline constexpr bool kLimitsPackets = false;
inline constexpr bool kTellsTlsFailure = false;
#endif

// The system's library sends CONNECT without its properties after a SOCKS handshake, and follows null pointers when the
// proxy asks for a password that there is none of.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kMendsSocks = true;
#else
inline constexpr bool kMendsSocks = false;
#endif

// The most bytes of an ALPN name: TLS's limit, or the library's, which cuts a longer name unless tls_hello.c sets it.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr size_t kLongestAlpn = 255;
#else
inline constexpr size_t kLongestAlpn = 254;
#endif

// 2.1 makes the settings of TLS anew for each connection; 2.0 once, and adds later ones to them.
inline constexpr bool kRenewsTlsSettings = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;

// Callbacks that 2.1 has and 2.0 lacks; it calls the one without codes for those.
template <typename Unsubscribe, typename Unsubscribe20, typename ExtAuth>
void set_newer_callbacks(mosquitto* handle, [[maybe_unused]] Unsubscribe unsubscribe,
                         [[maybe_unused]] Unsubscribe20 unsubscribe20, [[maybe_unused]] ExtAuth ext_auth) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  mosquitto_unsubscribe2_v5_callback_set(handle, unsubscribe);
  mosquitto_ext_auth_callback_set(handle, ext_auth);
#else
  mosquitto_unsubscribe_v5_callback_set(handle, unsubscribe20);
#endif
}

// mosquitto_ext_auth_continue(), of 2.1.
inline int send_auth([[maybe_unused]] mosquitto* handle, [[maybe_unused]] const char* method,
                     [[maybe_unused]] const void* data, [[maybe_unused]] uint16_t length,
                     [[maybe_unused]] const mosquitto_property* properties) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  return mosquitto_ext_auth_continue(handle, method, length, data, properties);
#else
  return MOSQ_ERR_NOT_SUPPORTED;
#endif
}

// False: mosquitto_ext_auth_continue() would refuse, and leak. The system's library is left to judge by itself.
inline bool may_authenticate([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_speaks_mqtt5(handle) != 0;
#else
  return true;
#endif
}

// Input that was put aside while on_ext_auth had not answered.
inline void give_back_input([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint16_t position,
                            [[maybe_unused]] uint16_t length) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_restore_input(handle, position, length);
#endif
}

// Whether a packet of `length` bytes, without its fixed header and its properties, is larger than the broker takes;
// the system's library miscounts by a few bytes.
inline bool is_oversize([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint64_t length,
                        [[maybe_unused]] const mosquitto_property* properties) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_is_oversize(handle, length, properties) != 0;
#else
  return false;
#endif
}

// Whether the connection is in a handshake that comes before CONNECT, with a SOCKS proxy or a WebSocket server. The
// system's library does not tell.
inline bool in_transport_handshake([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_in_handshake(handle) != 0;
#else
  return false;
#endif
}

// The bytes of answers to the peer that wait to be sent while they are too many to read on, else 0. The system's
// library queues them without a bound.
inline uint64_t answers_waiting([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_queued_answers(handle);
#else
  return 0;
#endif
}

// native/libmosquitto/engine is linked in.
#if !defined(LIBMOSQUITTO_SYSTEM) && !defined(LIBMOSQUITTO_PLAIN)
inline constexpr bool kHasEngine = true;
#else
inline constexpr bool kHasEngine = false;
#endif

// Writes what is queued, without closing the connection when that fails.
// False: some is left to mosquitto_loop_write().
inline bool write_directly([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return engine_write_directly(handle) != 0;
#else
  return false;
#endif
}

// Topic aliases of messages that may be sent again, as in repairs.h; the system's library keeps them.
inline bool keep_topic([[maybe_unused]] mosquitto* handle, [[maybe_unused]] int mid,
                       [[maybe_unused]] const char* topic) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_keep_topic(handle, mid, topic) != 0;
#else
  return true;
#endif
}
inline void forget_outgoing_aliases([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_forget_outgoing_aliases(handle);
#endif
}

// mosquitto_username_pw_set() and mosquitto_socks5_set(). The static build overwrites the password that is replaced.
inline int set_credentials(mosquitto* handle, const char* username, const char* password) {
#ifndef LIBMOSQUITTO_SYSTEM
  return secrets_username_pw_set(handle, username, password);
#else
  return mosquitto_username_pw_set(handle, username, password);
#endif
}
inline int set_proxy(mosquitto* handle, const char* host, int port, const char* username, const char* password) {
#ifndef LIBMOSQUITTO_SYSTEM
  return secrets_socks5_set(handle, host, port, username, password);
#else
  return mosquitto_socks5_set(handle, host, port, username, password);
#endif
}

// Before mosquitto_tls_psk_set().
inline void forget_psk([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_forget_psk(handle);
#endif
}

// MOSQ_OPT_TLS_ALPN with NULL, which libmosquitto follows.
inline int clear_alpn([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_alpn_clear(handle);
#else
  return MOSQ_ERR_INVAL;
#endif
}

// State that native/libmosquitto/ keeps for a client; with the system's library, the part that the addon asks for.
#ifndef LIBMOSQUITTO_SYSTEM
using Kept = ::handle_state;
#else
struct Kept {
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
#endif

// Whether Kept tells when bytes have come.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kTellsArrival = true;
#else
inline constexpr bool kTellsArrival = false;
#endif

// Around mosquitto_loop_read(): bounds what one call reads. The system's library reads as many packets as there are
// messages queued. end_read() is true when there is input left that the socket does not show.
inline void begin_read([[maybe_unused]] mosquitto* handle, [[maybe_unused]] bool leftovers) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_begin_read(handle, leftovers ? 1 : 0);
#endif
}
inline bool end_read([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_end_read(handle) != 0;
#else
  return false;
#endif
}

// A client has been made, or initialised anew.
inline void begin_small([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  engine_begin_small(handle);
#endif
}

// Now and then: memory for reading that was not used meanwhile is given back.
inline void shrink_unused([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  engine_shrink_unused(handle);
#endif
}

// A handle was made, or initialised anew, and has no callbacks yet: its message ids begin at random.
void begin_ids(mosquitto* handle, bool clean_session);

// False: all message ids are in use. Those of the system's library are not known.
inline bool has_free_id([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_has_free_id(handle) != 0;
#else
  return true;
#endif
}

// Before each connection, and before a handle is destroyed or initialised anew.
inline void prepare_connection([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint16_t send_maximum,
                               [[maybe_unused]] uint16_t keepalive) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_prepare_connection(handle, send_maximum, keepalive);
#endif
}
inline void release_leftovers([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_release(handle);
#endif
}

// After MOSQ_OPT_SEND_MAXIMUM, which the system's library does not apply to the messages of a connection that stands.
inline void apply_send_maximum([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint16_t maximum) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_set_send_maximum(handle, maximum);
#endif
}

// Frees what libmosquitto allocated for its caller. 2.0 tells to use free().
inline void free_library_memory(void* memory) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  mosquitto_free(memory);
#else
  std::free(memory);
#endif
}

// A client that has stopped reading, because what it has read is not handled yet, cannot
// see a PINGRESP: none is expected of it. The system's library cannot be told.
inline constexpr bool kExcusesPingresp = kLimitsPackets;
inline bool awaits_pingresp([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_expects_pingresp(handle) != 0;
#else
  return false;
#endif
}
inline void excuse_pingresp([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_excuse_pingresp(handle);
#endif
}

// mosquitto_property_check_all(): 2.0 lets a response topic be empty, or have wildcards.
int check_all_properties(int command, const mosquitto_property* properties);

// Functions without a handle that 2.1 has and 2.0 lacks, under their names. They are not
// supported there, but for the two that need no more than arithmetic and a list.
#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
int mosquitto_topic_matches_sub_with_pattern(const char* sub, const char* topic, const char* clientid,
                                             const char* username, bool* result);
int mosquitto_sub_matches_acl(const char* acl, const char* sub, bool* result);
int mosquitto_sub_matches_acl_with_pattern(const char* acl, const char* sub, const char* clientid, const char* username,
                                           bool* result);
int mosquitto_property_get_length_all(const mosquitto_property* properties);
int mosquitto_property_get_remaining_length(const mosquitto_property* properties);
unsigned int mosquitto_varint_bytes(uint32_t word);
int mosquitto_string_to_command(const char* name, int* command);
#endif

// Around what may be the first TLS connection of the process: libmosquitto sets up its part
// of OpenSSL there, and two worker threads may come to it at once. repairs_initialise() has
// done it before in the static build.
inline std::unique_lock<std::mutex> lock_tls_setup([[maybe_unused]] bool may_be_first) {
#ifdef LIBMOSQUITTO_SYSTEM
  static std::mutex mutex;
  if (may_be_first) return std::unique_lock(mutex);
#endif
  return {};
}

// Calls mosquitto_lib_init() once for the process: it is not thread safe, and two
// worker threads may load the addon at the same moment. mosquitto_lib_cleanup() is
// never called: libmosquitto 2.0 would unload the OpenSSL configuration of its host.
int initialise_library();

// Why the configuration of OpenSSL that LIBMOSQUITTO_OPENSSL_CONF names was not loaded; empty when none is missing.
const std::string& openssl_failure();

}  // namespace libmosquitto
