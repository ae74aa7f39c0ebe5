/* The ClientHello of a connection, where it differs from the library's. */
#include "config.h"

#include <openssl/ssl.h>
#include <string.h>

#include "mosquitto_internal.h"
#include "tls_verify.h"

/* The library cuts a name of 255 bytes, which is the longest that TLS has. */
static int offer_alpn(const struct mosquitto* mosq) {
  enum { kLongest = 255 };
  if (mosq->tls_alpn == NULL) return MOSQ_ERR_SUCCESS;
  unsigned char list[1 + kLongest];
  const size_t length = strnlen(mosq->tls_alpn, kLongest);
  list[0] = (unsigned char)length;
  memcpy(list + 1, mosq->tls_alpn, length);
  return SSL_set_alpn_protos(mosq->ssl, list, (unsigned)length + 1) == 0 ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NOMEM;
}

int tls_prepare_hello(const struct mosquitto* mosq) { return offer_alpn(mosq); }
