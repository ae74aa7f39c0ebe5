/* Demands on a broker's certificate beyond libmosquitto's: tls_verify.c, tls_crl.c, tls_ocsp.c. */
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
/* Has a client with a pre-shared key refuse who does not know it. */
void tls_demand_key(struct mosquitto* mosq);

/* Corrects what the library has prepared of a ClientHello. Before the handshake. Returns a MOSQ_ERR_* code. */
int tls_prepare_hello(const struct mosquitto* mosq, const char* hostname);

/* Has a client refuse to renegotiate, and a read end that the peer would prolong. Before the handshake. */
void tls_limit_requests(const struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
