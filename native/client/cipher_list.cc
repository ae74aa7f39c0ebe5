#include "client/cipher_list.h"

#include <memory>
#include <optional>

#include "mosquitto_setup.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include "driver/system_library.h"
#endif

#ifndef LIBMOSQUITTO_SYSTEM
// Declared here because <openssl/ssl.h> in Node's include folder belongs to another version.
extern "C" {
const void* TLS_client_method(void);
void* SSL_CTX_new(const void* method);
void SSL_CTX_free(void* context);
int SSL_CTX_set_cipher_list(void* context, const char* list);
void SSL_CTX_set_psk_client_callback(void* context, void (*callback)());
const void* SSL_CTX_get_ciphers(const void* context);
void* SSL_new(void* context);
void SSL_free(void* ssl);
void* SSL_get1_supported_ciphers(void* ssl);
int SSL_CIPHER_get_auth_nid(const void* cipher);
int SSL_CIPHER_get_cipher_nid(const void* cipher);
int OPENSSL_sk_num(const void* stack);
const void* OPENSSL_sk_value(const void* stack, int index);
void OPENSSL_sk_free(void* stack);
int ERR_set_mark(void);
int ERR_pop_to_mark(void);
}
#endif

namespace libmosquitto {
namespace {

constexpr int kNoAuthentication = 1053;   // NID_auth_null
constexpr int kAnyAuthentication = 1064;  // NID_auth_any: of TLS 1.3
constexpr int kNoEncryption = 0;          // NID_undef

struct OpenSsl {
  const void* (*client_method)();
  void* (*new_context)(const void*);
  void (*free_context)(void*);
  int (*set_list)(void*, const char*);
  void (*set_psk_callback)(void*, void (*)());
  const void* (*listed)(const void*);
  void* (*new_ssl)(void*);
  void (*free_ssl)(void*);
  void* (*supported)(void*);
  int (*authentication)(const void*);
  int (*encryption)(const void*);
  int (*count)(const void*);
  const void* (*at)(const void*, int);
  void (*free_stack)(void*);
  int (*set_mark)();
  int (*pop_to_mark)();
};

// Nothing when one of them is missing.
#ifndef LIBMOSQUITTO_SYSTEM
std::optional<OpenSsl> find_openssl() {
  return OpenSsl{TLS_client_method,
                 SSL_CTX_new,
                 SSL_CTX_free,
                 SSL_CTX_set_cipher_list,
                 SSL_CTX_set_psk_client_callback,
                 SSL_CTX_get_ciphers,
                 SSL_new,
                 SSL_free,
                 SSL_get1_supported_ciphers,
                 SSL_CIPHER_get_auth_nid,
                 SSL_CIPHER_get_cipher_nid,
                 OPENSSL_sk_num,
                 OPENSSL_sk_value,
                 OPENSSL_sk_free,
                 ERR_set_mark,
                 ERR_pop_to_mark};
}
#else
template <typename Function>
bool find(Function*& function, const char* name) {
  function = library_function<Function>(name);
  return function != nullptr;
}

std::optional<OpenSsl> find_openssl() {
  OpenSsl found{};
  const bool complete = find(found.client_method, "TLS_client_method") && find(found.new_context, "SSL_CTX_new") &&
                        find(found.free_context, "SSL_CTX_free") && find(found.set_list, "SSL_CTX_set_cipher_list") &&
                        find(found.set_psk_callback, "SSL_CTX_set_psk_client_callback") &&
                        find(found.listed, "SSL_CTX_get_ciphers") && find(found.new_ssl, "SSL_new") &&
                        find(found.free_ssl, "SSL_free") && find(found.supported, "SSL_get1_supported_ciphers") &&
                        find(found.authentication, "SSL_CIPHER_get_auth_nid") &&
                        find(found.encryption, "SSL_CIPHER_get_cipher_nid") && find(found.count, "OPENSSL_sk_num") &&
                        find(found.at, "OPENSSL_sk_value") && find(found.free_stack, "OPENSSL_sk_free") &&
                        find(found.set_mark, "ERR_set_mark") && find(found.pop_to_mark, "ERR_pop_to_mark");
  return complete ? std::optional(found) : std::nullopt;
}
#endif

// OpenSSL lists no suites of pre-shared keys without a callback. This one is never called.
void no_key() {}

struct Suites {
  int unprotected = 0;
  int protecting = 0;
};

// Counts the suites of TLS 1.2: those of TLS 1.3 are in every list.
Suites count_suites(const OpenSsl& openssl, const void* stack) {
  Suites suites;
  for (int i = 0; i < openssl.count(stack); i++) {
    const void* const suite = openssl.at(stack, i);
    const int authentication = openssl.authentication(suite);
    if (authentication == kAnyAuthentication) continue;
    const bool open = authentication == kNoAuthentication || openssl.encryption(suite) == kNoEncryption;
    (open ? suites.unprotected : suites.protecting)++;
  }
  return suites;
}

int judge(const OpenSsl& openssl, const char* ciphers, bool& unprotected) {
  const std::unique_ptr<void, void (*)(void*)> context(openssl.new_context(openssl.client_method()),
                                                       openssl.free_context);
  if (context == nullptr) return MOSQ_ERR_NOMEM;
  if (openssl.set_list(context.get(), ciphers) != 1) return MOSQ_ERR_SUCCESS;
  const Suites listed = count_suites(openssl, openssl.listed(context.get()));
  unprotected = listed.unprotected > 0;
  if (!unprotected || listed.protecting == 0) return MOSQ_ERR_SUCCESS;
  openssl.set_psk_callback(context.get(), no_key);
  const std::unique_ptr<void, void (*)(void*)> ssl(openssl.new_ssl(context.get()), openssl.free_ssl);
  if (ssl == nullptr) return MOSQ_ERR_NOMEM;
  const std::unique_ptr<void, void (*)(void*)> supported(openssl.supported(ssl.get()), openssl.free_stack);
  if (supported == nullptr) return MOSQ_ERR_NOMEM;
  unprotected = count_suites(openssl, supported.get()).unprotected > 0;
  return MOSQ_ERR_SUCCESS;
}

}  // namespace

int judge_cipher_list(const char* ciphers, bool& unprotected) {
  static const std::optional<OpenSsl> openssl = find_openssl();
  unprotected = false;
  if (ciphers == nullptr) return MOSQ_ERR_SUCCESS;
  if (!openssl) return MOSQ_ERR_NOT_SUPPORTED;
  // OpenSSL's error queue is restored: its notes about the list are no error of a connection.
  openssl->set_mark();
  const int rc = judge(*openssl, ciphers, unprotected);
  openssl->pop_to_mark();
  return rc;
}

}  // namespace libmosquitto
