/* Refuses the broker's requests for another handshake, in TLS 1.2 by HelloRequest. The library answers them for as
 * long as there are any. Four bytes of the broker cost the client a whole handshake, and the event loop stands still
 * until SSL_read() returns (test: tls/renegotiation). Here a read also handles only one message of a handshake. */
#include "config.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "../library.h"
#include "mosquitto_internal.h"
#include "tls_verify.h"

/* The library stores the handle under this index of an SSL. */
extern int tls_ex_index_mosq;

static const struct mosquitto* handle_of(const SSL* ssl) { return SSL_get_ex_data(ssl, tls_ex_index_mosq); }

static void refuse(const SSL* ssl, const char* reason) {
  const struct mosquitto* const mosq = handle_of(ssl);
  if (has_client(mosq)) addon_tls_refuse(mosq->userdata, reason);
}

/* OpenSSL skips requests within a handshake, as long as there are any in the socket. No TLS library sends one there:
 * nothing more is read of a peer that does. */
static void watch_handshake(int written, int version, int type, const void* bytes, size_t length, SSL* ssl, void* arg) {
  (void)version, (void)arg;
  if (written || type != SSL3_RT_HANDSHAKE || length == 0 || *(const uint8_t*)bytes != SSL3_MT_HELLO_REQUEST) return;
  if (BIO_method_type(SSL_get_rbio(ssl)) == BIO_TYPE_NULL) return;
  refuse(ssl, "the broker asks for a handshake within a handshake");
  BIO* const nothing = BIO_new(BIO_s_null());
  if (nothing != NULL) SSL_set0_rbio(ssl, nothing);
}

static void follow(const SSL* ssl, int event, int value);

/* A record that is neither an alert nor another request shows that the broker goes on. It may then end the connection
 * for another reason. */
static void watch_refused(int written, int version, int type, const void* bytes, size_t length, SSL* ssl, void* arg) {
  (void)version, (void)arg;
  if (written || type != SSL3_RT_HEADER || length == 0) return;
  const uint8_t record = *(const uint8_t*)bytes;
  if (record == SSL3_RT_ALERT || record == SSL3_RT_HANDSHAKE) return;
  const struct mosquitto* const mosq = handle_of(ssl);
  if (has_client(mosq)) addon_tls_tolerate(mosq->userdata);
  SSL_set_msg_callback(ssl, NULL);
  SSL_set_info_callback(ssl, follow);
}

/* The end of the handshake ends the watch, which would look at each record of data. Later the broker may end the
 * connection because its request was refused; its alert does not tell that reason. */
static void follow(const SSL* ssl, int event, int value) {
  if (event == SSL_CB_HANDSHAKE_DONE) SSL_set_msg_callback((SSL*)ssl, NULL);
  if (event != SSL_CB_WRITE_ALERT || (value & 0xFF) != SSL_AD_NO_RENEGOTIATION) return;
  refuse(ssl, "the broker asked to renegotiate, which this client refuses");
  /* One line tells of many requests in a row. */
  SSL_set_info_callback((SSL*)ssl, NULL);
  SSL_set_msg_callback((SSL*)ssl, watch_refused);
}

void tls_limit_requests(const struct mosquitto* mosq) {
  SSL_set_options(mosq->ssl, SSL_OP_NO_RENEGOTIATION);
  /* Without this mode SSL_read() returns after each message that is not data: a request, a key update, a ticket. The
   * event loop gets its turn between them. */
  SSL_clear_mode(mosq->ssl, SSL_MODE_AUTO_RETRY);
  SSL_set_msg_callback(mosq->ssl, watch_handshake);
  SSL_set_info_callback(mosq->ssl, follow);
}
