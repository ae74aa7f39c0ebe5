/* Refuses certificates of a broker that the library wrongly accepts. The library lets the common name count where a
 * certificate has no DNS names, and lets `br*.example` match (test: tls/names). It ignores revocation lists that were
 * loaded with the CAs: a revoked broker is accepted (tls/crl). */
#include "config.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "../library.h"
#include "mosquitto_internal.h"
#include "tls_verify.h"

#include "net_mosq.h"
#include "tls_mosq.h"

extern __typeof__(tls__set_verify_hostname) __real_tls__set_verify_hostname, __wrap_tls__set_verify_hostname;
extern __typeof__(mosquitto__server_certificate_verify) __real_mosquitto__server_certificate_verify,
    __wrap_mosquitto__server_certificate_verify;

/* The library stores the handle under this index of an SSL. */
extern int tls_ex_index_mosq;

static struct tls_demands demands_of(const struct mosquitto* mosq) {
  const struct tls_demands none = {NULL, 0, NULL};
  return has_client(mosq) ? addon_tls_demands(mosq->userdata) : none;
}

/* For revocation lists that stand in the CA file, in a CA folder, or among the system's certificates: a CA without a
 * list there is no fault. */
static int tolerate_missing_list(int ok, X509_STORE_CTX* context) {
  if (ok || X509_STORE_CTX_get_error(context) != X509_V_ERR_UNABLE_TO_GET_CRL) return ok;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

/* OpenSSL loads revocation lists with the CAs, and ignores them unless these flags are set. */
static int demand_lists(struct mosquitto* mosq, const struct tls_demands* demands) {
  X509_STORE* const store = SSL_CTX_get_cert_store(mosq->ssl_ctx);
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  /* For the signers of OCSP responses; the broker's certificate has the callback below. */
  X509_STORE_set_verify_cb(store, tolerate_missing_list);
  if (demands->crl == NULL || tls_crl_add(store, demands->crl, demands->crl_is_text) > 0) return MOSQ_ERR_SUCCESS;
  addon_tls_refuse(mosq->userdata, "the revocation lists of tls_crl_set() cannot be read");
  return MOSQ_ERR_TLS;
}

/* A certificate for the name of the broker, or for the domain whose SRV records named it. A name counts where it stands
 * as one, and a wildcard for a whole label. */
static int demand_name(const struct mosquitto* mosq, const char* domain) {
  X509_VERIFY_PARAM* const demanded = SSL_get0_param(mosq->ssl);
  X509_VERIFY_PARAM_set_hostflags(demanded, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  /* The library has demanded no name, or an address. */
  if (domain == NULL || X509_VERIFY_PARAM_get0_host(demanded, 0) == NULL) return MOSQ_ERR_SUCCESS;
  size_t length = strlen(domain);
  if (length > 1 && domain[length - 1] == '.') length--;
  return X509_VERIFY_PARAM_add1_host(demanded, domain, length) == 1 ? MOSQ_ERR_SUCCESS : MOSQ_ERR_TLS;
}

/* The last step before a handshake. The store is this connection's own: see repairs_prepare_connection(). */
int __wrap_tls__set_verify_hostname(struct mosquitto* mosq, const char* hostname) {
  tls_demand_key(mosq);
  tls_limit_requests(mosq);
  tls_write_by_record(mosq);
  int rc = __real_tls__set_verify_hostname(mosq, hostname);
  const struct tls_demands demands = demands_of(mosq);
  if (rc == MOSQ_ERR_SUCCESS) rc = tls_prepare_hello(mosq, hostname);
  if (rc == MOSQ_ERR_SUCCESS) rc = demand_name(mosq, demands.domain);
  if (rc == MOSQ_ERR_SUCCESS) rc = demand_lists(mosq, &demands);
  /* The caller does not close it. */
  if (rc != MOSQ_ERR_SUCCESS) net__socket_close(mosq);
  return rc;
}

/* Called for each certificate of the chain, and for each fault. */
int __wrap_mosquitto__server_certificate_verify(int preverify_ok, X509_STORE_CTX* context) {
  const SSL* const ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
  const struct mosquitto* const mosq = SSL_get_ex_data(ssl, tls_ex_index_mosq);
  if (demands_of(mosq).crl == NULL) preverify_ok = tolerate_missing_list(preverify_ok, context);
  return __real_mosquitto__server_certificate_verify(preverify_ok, context);
}
