/* Corrects the contents of a ClientHello. The library cuts an ALPN name of 255 bytes, so that the peer selects
 * another protocol or none (test: tls/refused-values). It sends whatever host connect() was given as server name: an
 * IP address, which RFC 6066 does not allow and some servers refuse, or the path of a unix socket, which the peer is
 * not to know (tls/server-name). */
#include "config.h"

#include <openssl/ssl.h>
#include <string.h>

#include "mosquitto_internal.h"
#include "tls_verify.h"

/* 255 bytes are the longest name that TLS has. */
static int offer_alpn(const struct mosquitto* mosq) {
  enum { kLongest = 255 };
  if (mosq->tls_alpn == NULL) return MOSQ_ERR_SUCCESS;
  unsigned char list[1 + kLongest];
  const size_t length = strnlen(mosq->tls_alpn, kLongest);
  list[0] = (unsigned char)length;
  memcpy(list + 1, mosq->tls_alpn, length);
  return SSL_set_alpn_protos(mosq->ssl, list, (unsigned)length + 1) == 0 ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NOMEM;
}

/* IPv6 alone has colons, with or without a scope behind them. The resolver takes digits and dots for IPv4. */
static int is_address(const char* hostname) {
  return strchr(hostname, ':') != NULL || hostname[strspn(hostname, "0123456789.")] == '\0';
}

/* Port 0 means a unix socket. */
static void take_back_server_name(const struct mosquitto* mosq, const char* hostname) {
  if (mosq->port == 0 || is_address(hostname)) SSL_set_tlsext_host_name(mosq->ssl, NULL);
}

int tls_prepare_hello(const struct mosquitto* mosq, const char* hostname) {
  take_back_server_name(mosq, hostname);
  return offer_alpn(mosq);
}
