// Includes <mosquitto.h> for all other files, and lists all differences between the libraries that the addon builds
// against. This file has the differences between 2.0 and 2.1. It includes mosquitto_static.h for the static build with
// libmosquitto/, or mosquitto_system.h for the system's library.
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

// Frees what libmosquitto allocated for its caller. 2.0 documents free() for that.
inline void free_library_memory(void* memory) {
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  mosquitto_free(memory);
#else
  std::free(memory);
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

// mosquitto_static.h and mosquitto_system.h define the inline functions that follow.

// Returns false when mosquitto_ext_auth_continue() would refuse, and leak. The system's library judges that itself.
inline bool may_authenticate(mosquitto* handle);

// Restores input that was put aside until on_ext_auth had answered.
inline void restore_input(mosquitto* handle, uint16_t position, uint16_t length);

// Returns true when a packet of `length` bytes, without its fixed header and its properties, is larger than the broker
// takes; the system's library miscounts by a few bytes.
inline bool is_oversize(mosquitto* handle, uint64_t length, const mosquitto_property* properties);

// Returns true in a handshake that comes before CONNECT, with a SOCKS proxy or a WebSocket server. The system's library
// does not tell.
inline bool in_transport_handshake(mosquitto* handle);

// Returns the bytes of queued answers to the peer while they are too many to read on, else 0. The system's library
// queues them without a bound.
inline uint64_t queued_answers(mosquitto* handle);

// Writes what is queued, without closing the connection when that fails. Returns false when some is left for
// mosquitto_loop_write().
inline bool write_directly(mosquitto* handle);

// Handle topic aliases of messages that may be sent again, as in repairs.h; the system's library sends such aliases
// again.
inline bool store_topic(mosquitto* handle, int mid, const char* topic);
inline void forget_outgoing_aliases(mosquitto* handle);

// Call mosquitto_username_pw_set() and mosquitto_socks5_set(). The static build overwrites the password that is
// replaced.
inline int set_credentials(mosquitto* handle, const char* username, const char* password);
inline int set_proxy(mosquitto* handle, const char* host, int port, const char* username, const char* password);

// To be called before mosquitto_tls_psk_set().
inline void forget_psk(mosquitto* handle);

// Clears MOSQ_OPT_TLS_ALPN; libmosquitto would follow the NULL.
inline int clear_alpn(mosquitto* handle);

// To be called around mosquitto_loop_read(): bounds how much one call reads. The system's library reads as many packets
// as there are messages queued. end_read() returns true when there is input left that the socket does not show.
inline void begin_read(mosquitto* handle, bool leftovers);
inline bool end_read(mosquitto* handle);

// To be called for a handle that was made or reinitialised: its read-ahead buffer begins small.
inline void init_read_ahead(mosquitto* handle);

// To be called from time to time: frees memory for reading that was not used since the last call.
inline void shrink_unused(mosquitto* handle);

// Returns false when all message ids are in use. Those of the system's library are not known.
inline bool has_free_id(mosquitto* handle);

// Returns how many of the `unacknowledged` messages of QoS 1 and 2 were sent on this connection. The system's library
// does not tell: all that its default maximum allows.
inline uint64_t in_flight(mosquitto* handle, uint64_t unacknowledged);

// To be called before each connection, and before a handle is destroyed or reinitialised.
inline void prepare_connection(mosquitto* handle, uint16_t send_maximum, uint16_t keepalive);
inline void release_leftovers(mosquitto* handle);

// To be called after MOSQ_OPT_SEND_MAXIMUM, which the system's library does not apply to the messages of an open
// connection.
inline void apply_send_maximum(mosquitto* handle, uint16_t maximum);

// A client that has stopped reading, because of too many undelivered events, cannot see a PINGRESP: none is expected of
// it. The system's library cannot be told.
inline bool awaits_pingresp(mosquitto* handle);
inline void excuse_pingresp(mosquitto* handle);

// Locks around what may be the first TLS connection of the process. libmosquitto sets up its part of OpenSSL there, and
// two worker threads may do so at once. In the static build repairs_initialise() has done it before.
inline std::unique_lock<std::mutex> lock_tls_setup(bool may_be_first);

// To be called for a handle that was made or reinitialised, and has no callbacks yet: its message ids begin at random.
void begin_ids(mosquitto* handle, bool clean_session);

// Calls mosquitto_lib_init() once for the process. It is not thread safe, and two worker threads may load the addon at
// once. mosquitto_lib_cleanup() is never called: libmosquitto 2.0 would unload the OpenSSL configuration of its host.
int initialise_library();

// Returns why the OpenSSL configuration that LIBMOSQUITTO_OPENSSL_CONF names was not loaded; empty when nothing failed.
const std::string& openssl_failure();

}  // namespace libmosquitto

#ifndef LIBMOSQUITTO_SYSTEM
#include "mosquitto_static.h"
#else
#include "mosquitto_system.h"
#endif
