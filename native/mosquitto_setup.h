// Includes <mosquitto.h> for all other files, and lists all differences between the versions of libmosquitto that the
// addon builds against: the static build of 2.1 with native/libmosquitto, and the system's library.
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

// Extended authentication came with 2.1. Besides, 2.0 crashes when it copies an empty string of a property.
inline constexpr bool kExtendedAuth = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;
inline constexpr bool kCopiesEmptyStrings = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;

// libmosquitto/repairs/ limits incoming packets and reports TLS failures.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kLimitsPackets = true;
inline constexpr bool kTellsTlsFailure = true;
#else
inline constexpr bool kLimitsPackets = false;
inline constexpr bool kTellsTlsFailure = false;
#endif

// The system's library sends CONNECT without its properties after a SOCKS handshake. It follows null pointers when the
// proxy asks for a password and none was given.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kRepairsSocks = true;
#else
inline constexpr bool kRepairsSocks = false;
#endif

// The most bytes of an ALPN name: TLS's limit, or the library's, which cuts a longer name unless tls_hello.c sets it.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr size_t kLongestAlpn = 255;
#else
inline constexpr size_t kLongestAlpn = 254;
#endif

// 2.1 sets TLS up anew for each connection. 2.0 does so once, and adds later settings.
inline constexpr bool kRenewsTlsSettings = LIBMOSQUITTO_VERSION_NUMBER >= 2001000;

// Sets the callbacks that 2.1 has and 2.0 lacks; 2.0 has an unsubscribe callback without codes.
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

// Calls mosquitto_ext_auth_continue(), which 2.1 has.
inline int send_auth([[maybe_unused]] mosquitto* handle, [[maybe_unused]] const char* method,
                     [[maybe_unused]] const void* data, [[maybe_unused]] uint16_t length,
                     [[maybe_unused]] const mosquitto_property* properties) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  return mosquitto_ext_auth_continue(handle, method, length, data, properties);
#else
  return MOSQ_ERR_NOT_SUPPORTED;
#endif
}

// Returns false when mosquitto_ext_auth_continue() would refuse, and leak. The system's library judges that itself.
inline bool may_authenticate([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_speaks_mqtt5(handle) != 0;
#else
  return true;
#endif
}

// Restores input that was put aside until on_ext_auth had answered.
inline void restore_input([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint16_t position,
                          [[maybe_unused]] uint16_t length) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_restore_input(handle, position, length);
#endif
}

// Returns true when a packet of `length` bytes, without its fixed header and its properties, is larger than the broker
// takes; the system's library miscounts by a few bytes.
inline bool is_oversize([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint64_t length,
                        [[maybe_unused]] const mosquitto_property* properties) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_is_oversize(handle, length, properties) != 0;
#else
  return false;
#endif
}

// Returns true in a handshake that comes before CONNECT, with a SOCKS proxy or a WebSocket server. The system's library
// does not tell.
inline bool in_transport_handshake([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_in_handshake(handle) != 0;
#else
  return false;
#endif
}

// Returns the bytes of queued answers to the peer while they are too many to read on, else 0. The system's library
// queues them without a bound.
inline uint64_t queued_answers([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_queued_answers(handle);
#else
  return 0;
#endif
}

// True when native/libmosquitto/engine is linked in.
#if !defined(LIBMOSQUITTO_SYSTEM) && !defined(LIBMOSQUITTO_PLAIN)
inline constexpr bool kHasEngine = true;
#else
inline constexpr bool kHasEngine = false;
#endif

// Writes what is queued, without closing the connection when that fails. Returns false when some is left for
// mosquitto_loop_write().
inline bool write_directly([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return engine_write_directly(handle) != 0;
#else
  return false;
#endif
}

// Handle topic aliases of messages that may be sent again, as in repairs.h; the system's library sends such aliases
// again.
inline bool store_topic([[maybe_unused]] mosquitto* handle, [[maybe_unused]] int mid,
                        [[maybe_unused]] const char* topic) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_store_topic(handle, mid, topic) != 0;
#else
  return true;
#endif
}
inline void forget_outgoing_aliases([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_forget_outgoing_aliases(handle);
#endif
}

// Call mosquitto_username_pw_set() and mosquitto_socks5_set(). The static build overwrites the password that is
// replaced.
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

// To be called before mosquitto_tls_psk_set().
inline void forget_psk([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_forget_psk(handle);
#endif
}

// Clears MOSQ_OPT_TLS_ALPN; libmosquitto would follow the NULL.
inline int clear_alpn([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_alpn_clear(handle);
#else
  return MOSQ_ERR_INVAL;
#endif
}

// State that native/libmosquitto/ stores for a client. With the system's library it is the part that the addon reads.
#ifndef LIBMOSQUITTO_SYSTEM
using HandleState = ::handle_state;
#else
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
#endif

// Whether HandleState tells when bytes have come.
#ifndef LIBMOSQUITTO_SYSTEM
inline constexpr bool kTellsArrival = true;
#else
inline constexpr bool kTellsArrival = false;
#endif

// To be called around mosquitto_loop_read(): bounds how much one call reads. The system's library reads as many packets
// as there are messages queued. end_read() returns true when there is input left that the socket does not show.
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

// To be called for a handle that was made or reinitialised: its read-ahead buffer begins small.
inline void init_read_ahead([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  engine_init_read_ahead(handle);
#endif
}

// To be called from time to time: frees memory for reading that was not used since the last call.
inline void shrink_unused([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  engine_shrink_unused(handle);
#endif
}

// To be called for a handle that was made or reinitialised, and has no callbacks yet: its message ids begin at random.
void begin_ids(mosquitto* handle, bool clean_session);

// Returns false when all message ids are in use. Those of the system's library are not known.
inline bool has_free_id([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  return repairs_has_free_id(handle) != 0;
#else
  return true;
#endif
}

// To be called before each connection, and before a handle is destroyed or reinitialised.
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

// To be called after MOSQ_OPT_SEND_MAXIMUM, which the system's library does not apply to the messages of an open
// connection.
inline void apply_send_maximum([[maybe_unused]] mosquitto* handle, [[maybe_unused]] uint16_t maximum) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_set_send_maximum(handle, maximum);
#endif
}

// Frees what libmosquitto allocated for its caller. 2.0 documents free() for that.
inline void free_library_memory(void* memory) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  mosquitto_free(memory);
#else
  std::free(memory);
#endif
}

// A client that has stopped reading, because of too many undelivered events, cannot see a PINGRESP: none is expected of
// it. The system's library cannot be told.
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

// Calls mosquitto_property_check_all(), and refuses a response topic that is empty or has wildcards, which 2.0 accepts.
int check_all_properties(int command, const mosquitto_property* properties);

// Functions without a handle that 2.1 has and 2.0 lacks, under their names. They return MOSQ_ERR_NOT_SUPPORTED, except
// the two that need only arithmetic and a list.
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

// Locks around what may be the first TLS connection of the process. libmosquitto sets up its part of OpenSSL there, and
// two worker threads may do so at once. In the static build repairs_initialise() has done it before.
inline std::unique_lock<std::mutex> lock_tls_setup([[maybe_unused]] bool may_be_first) {
#ifdef LIBMOSQUITTO_SYSTEM
  static std::mutex mutex;
  if (may_be_first) return std::unique_lock(mutex);
#endif
  return {};
}

// Calls mosquitto_lib_init() once for the process. It is not thread safe, and two worker threads may load the addon at
// once. mosquitto_lib_cleanup() is never called: libmosquitto 2.0 would unload the OpenSSL configuration of its host.
int initialise_library();

// Returns why the OpenSSL configuration that LIBMOSQUITTO_OPENSSL_CONF names was not loaded; empty when nothing failed.
const std::string& openssl_failure();

}  // namespace libmosquitto
