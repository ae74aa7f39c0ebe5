#include "client/tls_failure.h"

#include <string_view>

#ifdef LIBMOSQUITTO_SYSTEM
#include <dlfcn.h>
#endif

// Not from <openssl/ssl.h>: Node's include folder has another version's.
#ifndef LIBMOSQUITTO_SYSTEM
extern "C" {
long SSL_get_verify_result(const void* ssl);
const char* X509_verify_cert_error_string(long result);
}
#endif

namespace libmosquitto {
namespace {

constexpr long kVerified = 0;  // X509_V_OK

struct OpenSsl {
  long (*verify_result)(const void* ssl);
  const char* (*error_string)(long result);
};

#ifndef LIBMOSQUITTO_SYSTEM

OpenSsl open_ssl() { return {SSL_get_verify_result, X509_verify_cert_error_string}; }

#else

// The OpenSSL that the system's libmosquitto uses, found as it finds it.
OpenSsl open_ssl() {
  void* const library = dlopen("libmosquitto.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return {nullptr, nullptr};
  const OpenSsl functions{reinterpret_cast<long (*)(const void*)>(dlsym(library, "SSL_get_verify_result")),
                          reinterpret_cast<const char* (*)(long)>(dlsym(library, "X509_verify_cert_error_string"))};
  dlclose(library);
  return functions;
}

#endif

}  // namespace

std::string tls_failure(mosquitto* handle, const char* line) {
  const void* const ssl = mosquitto_ssl_get(handle);
  const OpenSsl functions = open_ssl();
  if (ssl != nullptr && functions.verify_result != nullptr && functions.error_string != nullptr) {
    const long result = functions.verify_result(ssl);
    if (result != kVerified) return functions.error_string(result);
  }
  const std::string_view text(line);
  const size_t colon = text.find_last_of(':');
  return std::string(colon == std::string_view::npos ? text : text.substr(colon + 1));
}

}  // namespace libmosquitto
