/* Verifies the OCSP response that a broker has stapled to its certificate (test: tls/ocsp). This function takes the
 * place of the library's, which accepts a response about any other certificate of the CA, accepts one without an end
 * however old it is, finds no signer that the broker has not sent, and tells none of its reasons. */
#include "config.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include "../library.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "tls_verify.h"

extern __typeof__(mosquitto__verify_ocsp_status_cb) __wrap_mosquitto__verify_ocsp_status_cb;

enum { kLeewaySeconds = 300, kOldestSeconds = 24 * 60 * 60 };

typedef struct {
  char text[128];
} reason_text;

static int is_about(const OCSP_CERTID* id, const X509* subject, const X509* issuer) {
  ASN1_OBJECT* algorithm = NULL;
  OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, (OCSP_CERTID*)id);
  const EVP_MD* const digest = EVP_get_digestbyobj(algorithm);
  if (digest == NULL) return 0;
  OCSP_CERTID* const own = OCSP_cert_to_id(digest, subject, issuer);
  const int same = own != NULL && OCSP_id_cmp(own, (OCSP_CERTID*)id) == 0;
  OCSP_CERTID_free(own);
  return same;
}

/* A response without an end says that newer information is available at any time. It is accepted for a day. */
static const char* judge_times(ASN1_GENERALIZEDTIME* from, ASN1_GENERALIZEDTIME* until) {
  if (OCSP_check_validity(from, until, kLeewaySeconds, until == NULL ? kOldestSeconds : -1)) return NULL;
  if (until == NULL) return "OCSP: the response has no end, and is not of the last 24 hours";
  return X509_cmp_current_time(until) < 0 ? "OCSP: the response has expired" : "OCSP: the response is not valid yet";
}

/* Returns NULL for a certificate that is good, else the reason. */
static const char* judge_status(OCSP_SINGLERESP* single, reason_text* room) {
  int revocation = -1;
  ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
  switch (OCSP_single_get0_status(single, &revocation, NULL, &from, &until)) {
    case V_OCSP_CERTSTATUS_GOOD:
      return judge_times(from, until);
    case V_OCSP_CERTSTATUS_REVOKED:
      if (revocation < 0) return "OCSP: the certificate is revoked";
      (void)snprintf(room->text, sizeof room->text, "OCSP: the certificate is revoked (%s)",
                     OCSP_crl_reason_str(revocation));
      return room->text;
    default:
      return "OCSP: the responder does not know the certificate";
  }
}

static const char* judge_certificate(const STACK_OF(X509) * chain, OCSP_BASICRESP* basic, reason_text* room) {
  const X509* const subject = sk_X509_value(chain, 0);
  const X509* const issuer = sk_X509_num(chain) > 1 ? sk_X509_value(chain, 1) : subject;
  int found = 0;
  for (int i = 0; i < OCSP_resp_count(basic); i++) {
    OCSP_SINGLERESP* const single = OCSP_resp_get0(basic, i);
    if (!is_about(OCSP_SINGLERESP_get0_id(single), subject, issuer)) continue;
    const char* const reason = judge_status(single, room);
    if (reason != NULL) return reason;
    found = 1;
  }
  return found ? NULL : "OCSP: the response is about another certificate";
}

/* The CA may sign, which the broker need not send, or somebody whom the CA has entrusted with it. */
static const char* judge_signature(SSL* ssl, STACK_OF(X509) * chain, OCSP_BASICRESP* basic) {
  X509_STORE* const store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
  STACK_OF(X509)* const known = X509_chain_up_ref(chain);
  const STACK_OF(X509)* const sent = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; known != NULL && i < sk_X509_num(sent); i++) {
    X509* const certificate = sk_X509_value(sent, i);
    if (X509_up_ref(certificate) == 1 && sk_X509_push(known, certificate) == 0) X509_free(certificate);
  }
  const int verified = known != NULL && OCSP_basic_verify(basic, known, store, 0) == 1;
  sk_X509_pop_free(known, X509_free);
  return verified ? NULL : "OCSP: the response is not signed by the certificate's CA, or for it";
}

static const char* judge_basic(SSL* ssl, OCSP_BASICRESP* basic, reason_text* room) {
  STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl);
  if (basic == NULL) return "OCSP: the response cannot be read";
  if (sk_X509_num(chain) < 1) return "OCSP: the certificate leads to no CA";
  const char* const reason = judge_signature(ssl, chain, basic);
  return reason != NULL ? reason : judge_certificate(chain, basic, room);
}

static const char* judge(SSL* ssl, reason_text* room) {
  unsigned char* bytes = NULL;
  const long length = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
  if (bytes == NULL || length <= 0) return "OCSP: the broker has sent no response";
  const unsigned char* at = bytes;
  OCSP_RESPONSE* const response = d2i_OCSP_RESPONSE(NULL, &at, length);
  if (response == NULL) return "OCSP: the response cannot be read";
  const char* reason = room->text;
  const int status = OCSP_response_status(response);
  if (status == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    OCSP_BASICRESP* const basic = OCSP_response_get1_basic(response);
    reason = judge_basic(ssl, basic, room);
    OCSP_BASICRESP_free(basic);
  } else {
    (void)snprintf(room->text, sizeof room->text, "OCSP: the responder has refused to answer: %s",
                   OCSP_response_status_str(status));
  }
  OCSP_RESPONSE_free(response);
  return reason;
}

int __wrap_mosquitto__verify_ocsp_status_cb(SSL* ssl, void* arg) {
  const struct mosquitto* const mosq = arg;
  reason_text room;
  /* The connection has not failed by the errors that OpenSSL notes here. */
  ERR_set_mark();
  const char* const reason = judge(ssl, &room);
  ERR_pop_to_mark();
  if (reason == NULL) return 1;
  if (has_client(mosq)) addon_tls_refuse(mosq->userdata, reason);
  return 0;
}
