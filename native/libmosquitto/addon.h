/* The functions that the addon defines and that the C files in this folder call (native/client/hooks.cc;
 * test/fuzz/harness/addon.c for the fuzzer). `userdata` is the user data of a handle: its Client. The client is locked
 * when they are called. */
#ifndef LIBMOSQUITTO_ADDON_H
#define LIBMOSQUITTO_ADDON_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the state that this folder stores for the client (state.h). */
struct handle_state* addon_state(void* userdata);

/* Returns the largest packet that the client takes, in bytes after the fixed header; 0 for any. */
uint32_t addon_packet_limit(void* userdata);
/* Notes that a packet above that limit was refused. */
void addon_packet_refused(void* userdata);

/* Returns how many codes the answer to the CMD_SUBSCRIBE or CMD_UNSUBSCRIBE with this mid may have. */
uint32_t addon_filter_count(void* userdata, int command, uint16_t mid);

/* Returns how many bytes messages of QoS 2 may take until they are released; 0 for any. */
uint64_t addon_unreleased_limit(void* userdata, uint16_t receive_maximum);

/* Allocates the memory that one message needs to be recorded for JavaScript: `bytes` of topic and payload, and
 * `properties`. Returns 0 when there is none. */
int addon_reserve(void* userdata, uint64_t bytes, uint64_t properties);

/* Returns 1 while on_ext_auth has not answered an AUTH packet: later input is not handled before that. */
int addon_authenticates(void* userdata);
/* Stores the place of that input in the read-ahead buffer; repairs_restore_input() gets it back. */
void addon_put_input_aside(void* userdata, uint16_t position, uint16_t length);

/* Returns 1 when the current mosquitto_loop_read() has taken enough time, or has recorded enough events. */
int addon_read_enough(void* userdata);

/* The connection ends with this MOSQ_ERR_* code, whatever code the library derives from the failed call. */
void addon_end_with(void* userdata, int rc);
/* Memory that the connection needs is missing: the connection ends with MOSQ_ERR_NOMEM. */
void addon_end_without_memory(void* userdata);
/* A read or a write failed because of TLS. */
void addon_tls_failed(void* userdata);

/* The demands of a client on the broker's certificate. The client owns the texts, which are valid while it is locked.
 */
struct tls_demands {
  const char* crl; /* revocation lists: PEM text, or the path of a file; NULL when none were given */
  int crl_is_text; /* 1: `crl` is PEM text */
  const char*
      domain; /* the domain whose SRV records named the broker, which its certificate may be for; NULL for none */
};
struct tls_demands addon_tls_demands(void* userdata);
/* The broker is refused for this reason, which OpenSSL has no words for. */
void addon_tls_refuse(void* userdata, const char* reason);
/* The connection goes on after that reason, which is therefore not the reason of a later end. */
void addon_tls_tolerate(void* userdata);

#ifdef __cplusplus
}
#endif

#endif
