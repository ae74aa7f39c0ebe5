/* Verifies the broker of a client with a pre-shared key. The library verifies nothing then. The peer may choose a
 * cipher with a certificate when the program allows one: a server with any certificate would get user name and
 * password. Here the peer has to know the key (test: tls/psk-certificate). */
#include "config.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "../library.h"
#include "mosquitto_internal.h"
#include "tls_verify.h"

/* The library stores the handle under this index of an SSL. */
extern int tls_ex_index_mosq;

/* Refuses each certificate, since there is no CA to verify it by. The exception is RSA-PSK, whose server shows a
 * certificate and must know the key too. */
static int accept_beside_key(int verified, X509_STORE_CTX* context) {
  (void)verified;
  SSL* const ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
  const SSL_CIPHER* const cipher = SSL_get_pending_cipher(ssl);
  if (cipher == NULL || SSL_CIPHER_get_kx_nid(cipher) != NID_kx_rsa_psk) {
    const struct mosquitto* const mosq = SSL_get_ex_data(ssl, tls_ex_index_mosq);
    if (has_client(mosq)) addon_tls_refuse(mosq->userdata, "a certificate instead of the pre-shared key");
    return 0;
  }
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

void tls_demand_key(struct mosquitto* mosq) {
  const bool by_certificate = mosq->tls_cafile != NULL || mosq->tls_capath != NULL || mosq->tls_use_os_certs;
  if (mosq->tls_psk == NULL || by_certificate) return;
  SSL_set_verify(mosq->ssl, SSL_VERIFY_PEER, accept_beside_key);
}
