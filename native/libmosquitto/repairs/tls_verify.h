/* The functions of tls_*.c that other files call: revocation lists, keys, and the preparation of a handshake. */
#ifndef LIBMOSQUITTO_TLS_VERIFY_H
#define LIBMOSQUITTO_TLS_VERIFY_H

#include "../addon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the revocation lists of a PEM text, or of the file of this path, to an X509_STORE; NULL only counts them.
 * Returns how many there are, -1 for one that is damaged or a file that cannot be read. */
int tls_crl_add(void* store, const char* source, int is_text);

struct mosquitto;
/* Has a client with a pre-shared key refuse a peer that does not know the key. */
void tls_demand_key(struct mosquitto* mosq);

/* Before the handshake: corrects what the library has prepared of a ClientHello. Returns a MOSQ_ERR_* code. */
int tls_prepare_hello(const struct mosquitto* mosq, const char* hostname);

/* Before the handshake: has a client refuse to renegotiate, and ends a read that the peer would prolong. */
void tls_limit_requests(const struct mosquitto* mosq);

/* Before the handshake: has OpenSSL write a record at a time. */
void tls_write_by_record(const struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
