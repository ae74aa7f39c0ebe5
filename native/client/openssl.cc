#include "client/openssl.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include "driver/system_library.h"
#endif

namespace libmosquitto {
namespace {

constexpr long kVerified = 0;    // X509_V_OK
constexpr int kWantsToRead = 3;  // SSL_READING
constexpr int kInputEnded = 2;   // SSL_RECEIVED_SHUTDOWN

constexpr unsigned long kOpenSsl3 = 0x30000000;

// These are PSK_MAX_PSK_LEN and PSK_MAX_IDENTITY_LEN. The library ends an identity by a zero byte within that length.
PskLimits limits_in(unsigned long version) { return version >= kOpenSsl3 ? PskLimits{512, 255} : PskLimits{256, 127}; }

}  // namespace
}  // namespace libmosquitto

// Declared here because <openssl/ssl.h> in Node's include folder belongs to another version.
#ifndef LIBMOSQUITTO_SYSTEM

extern "C" {
long SSL_get_verify_result(const void* ssl);
const char* X509_verify_cert_error_string(long result);
int SSL_in_init(const void* ssl);
int SSL_pending(const void* ssl);
int SSL_want(const void* ssl);
void SSL_set_shutdown(void* ssl, int mode);
unsigned long OpenSSL_version_num(void);
}

namespace libmosquitto {

const char* tls_verify_error(mosquitto* handle) {
  const void* const ssl = mosquitto_ssl_get(handle);
  const long result = ssl == nullptr ? kVerified : SSL_get_verify_result(ssl);
  return result == kVerified ? nullptr : X509_verify_cert_error_string(result);
}

bool tls_in_handshake(mosquitto* handle) {
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl != nullptr && SSL_in_init(ssl) != 0;
}

bool tls_awaits_peer(mosquitto* handle) {
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl != nullptr && SSL_in_init(ssl) != 0 && SSL_want(ssl) == kWantsToRead;
}

bool tls_has_pending(mosquitto* handle) {
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl != nullptr && SSL_pending(ssl) > 0;
}

void end_tls_input(mosquitto* handle) {
  void* const ssl = mosquitto_ssl_get(handle);
  if (ssl != nullptr) SSL_set_shutdown(ssl, kInputEnded);
}

// 2.1 does not need these.
void* tls_context_of(mosquitto* /*handle*/) { return nullptr; }
void* new_tls_context() { return nullptr; }
void free_tls_context(void* /*context*/) {}

void limit_tls_requests(mosquitto* /*handle*/) {}

PskLimits psk_limits() { return limits_in(OpenSSL_version_num()); }

}  // namespace libmosquitto

#else

namespace libmosquitto {
namespace {

unsigned long openssl_version() {
  static auto* const version = library_function<unsigned long()>("OpenSSL_version_num");
  return version == nullptr ? 0 : version();
}

// OpenSSL 3 has widened the options of SSL_set_options() to 64 bits.
template <typename Options>
void set_options(void* ssl, Options options) {
  static auto* const set = library_function<Options(void*, Options)>("SSL_set_options");
  if (set != nullptr) set(ssl, options);
}

}  // namespace

const char* tls_verify_error(mosquitto* handle) {
  static auto* const verify_result = library_function<long(const void*)>("SSL_get_verify_result");
  static auto* const error_string = library_function<const char*(long)>("X509_verify_cert_error_string");
  const void* const ssl = mosquitto_ssl_get(handle);
  if (ssl == nullptr || verify_result == nullptr || error_string == nullptr) return nullptr;
  const long result = verify_result(ssl);
  return result == kVerified ? nullptr : error_string(result);
}

bool tls_in_handshake(mosquitto* handle) {
  static auto* const in_init = library_function<int(const void*)>("SSL_in_init");
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl != nullptr && in_init != nullptr && in_init(ssl) != 0;
}

bool tls_awaits_peer(mosquitto* handle) {
  static auto* const want = library_function<int(const void*)>("SSL_want");
  return want != nullptr && tls_in_handshake(handle) && want(mosquitto_ssl_get(handle)) == kWantsToRead;
}

bool tls_has_pending(mosquitto* handle) {
  static auto* const pending = library_function<int(const void*)>("SSL_pending");
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl != nullptr && pending != nullptr && pending(ssl) > 0;
}

void end_tls_input(mosquitto* handle) {
  static auto* const set_shutdown = library_function<void(void*, int)>("SSL_set_shutdown");
  void* const ssl = mosquitto_ssl_get(handle);
  if (ssl != nullptr && set_shutdown != nullptr) set_shutdown(ssl, kInputEnded);
}

void* tls_context_of(mosquitto* handle) {
  static auto* const context_of = library_function<void*(const void*)>("SSL_get_SSL_CTX");
  const void* const ssl = mosquitto_ssl_get(handle);
  return ssl == nullptr || context_of == nullptr ? nullptr : context_of(ssl);
}

void* new_tls_context() {
  static auto* const method = library_function<const void*()>("TLS_client_method");
  static auto* const make = library_function<void*(const void*)>("SSL_CTX_new");
  return method == nullptr || make == nullptr ? nullptr : make(method());
}

void free_tls_context(void* context) {
  static auto* const release = library_function<void(void*)>("SSL_CTX_free");
  if (context != nullptr && release != nullptr) release(context);
}

void limit_tls_requests(mosquitto* handle) {
  constexpr uint32_t kNoRenegotiation = uint32_t{1} << 30;  // SSL_OP_NO_RENEGOTIATION
  constexpr int kClearMode = 78;                            // SSL_CTRL_CLEAR_MODE
  constexpr long kAutoRetry = 4;                            // SSL_MODE_AUTO_RETRY
  static auto* const control = library_function<long(void*, int, long, void*)>("SSL_ctrl");
  void* const ssl = mosquitto_ssl_get(handle);
  if (ssl == nullptr) return;
  if (openssl_version() >= kOpenSsl3) {
    set_options<uint64_t>(ssl, kNoRenegotiation);
  } else {
    set_options<unsigned long>(ssl, kNoRenegotiation);
  }
  if (control != nullptr) control(ssl, kClearMode, kAutoRetry, nullptr);
}

PskLimits psk_limits() { return limits_in(openssl_version()); }

}  // namespace libmosquitto

#endif
