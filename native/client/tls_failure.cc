#include "client/tls_failure.h"

#include <string_view>

#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

bool is_address(const std::string& hostname) {
  in6_addr address{};
  return inet_pton(AF_INET, hostname.c_str(), &address) == 1 || inet_pton(AF_INET6, hostname.c_str(), &address) == 1;
}

}  // namespace

std::string tls_failure(mosquitto* handle, const char* line, const std::string& hostname) {
  const std::string_view text(line);
  // 2.0 compares the names itself, so that OpenSSL does not know the reason.
  if (text == "Error: host name verification failed.") {
    return is_address(hostname) ? "IP address mismatch" : "hostname mismatch";
  }
  constexpr std::string_view kOpenSslError = "OpenSSL Error";
  if (text.substr(0, kOpenSslError.size()) != kOpenSslError) return {};
  // OpenSSL's words for a refused certificate do not say why it was refused.
  if (const char* const reason = tls_verify_error(handle)) return reason;
  const size_t colon = text.find_last_of(':');
  return std::string(colon == std::string_view::npos ? text : text.substr(colon + 1));
}

void add_tls_line(std::string& reason, const char* line, const std::string& failure) {
  constexpr std::string_view kError = "Error: ";
  std::string_view text(line);
  if (!failure.empty()) {
    // The first of several is the cause, and those after it are its consequences.
    const bool first = text.find("[0]: ") != std::string_view::npos || reason.empty();
    if (first) reason += (reason.empty() ? "" : ": ") + failure;
  } else if (text.substr(0, kError.size()) == kError) {
    text.remove_prefix(kError.size());
    while (!text.empty() && text.back() == '.') text.remove_suffix(1);
    reason = text;
  }
}

}  // namespace libmosquitto
