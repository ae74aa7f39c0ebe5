/* Reads certificate revocation lists from PEM, for tls_verify.c. The library has no call for them (test: tls/crl). */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tls_verify.h"

/* Without it OpenSSL asks for a passphrase on the terminal, where the file says that a part of it is encrypted. */
static int no_passphrase(char* buffer, int size, int writing, void* data) {
  (void)buffer, (void)size, (void)writing, (void)data;
  return -1;
}

static int read_all(X509_STORE* store, BIO* source) {
  int count = 0;
  for (X509_CRL* crl; (crl = PEM_read_bio_X509_CRL(source, NULL, no_passphrase, NULL)) != NULL; count++) {
    const int added = store == NULL || X509_STORE_add_crl(store, crl) == 1;
    X509_CRL_free(crl);
    if (!added) return -1;
  }
  const unsigned long error = ERR_peek_last_error();
  const int at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  return at_end ? count : -1;
}

int tls_crl_add(void* store, const char* source, int is_text) {
  ERR_clear_error();
  BIO* const bio = is_text ? BIO_new_mem_buf(source, -1) : BIO_new_file(source, "r");
  const int count = bio == NULL ? -1 : read_all(store, bio);
  BIO_free(bio);
  ERR_clear_error();
  return count;
}
