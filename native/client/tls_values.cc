#include "client/tls_values.h"

#include <algorithm>

#include "client/openssl.h"
#include "mosquitto_setup.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

// OpenSSL skips empty names.
bool are_readable_folders(const std::string& list) {
  bool found = false;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(kListSeparator, begin), list.size());
    const std::string folder = list.substr(begin, end - begin);
    if (!folder.empty() && !is_readable_folder(folder.c_str())) return false;
    found = found || !folder.empty();
    begin = end + 1;
  }
  return found;
}

std::string too_long(const std::string& what, size_t bytes) {
  return what + " has more than " + std::to_string(bytes) + " bytes";
}

}  // namespace

std::string fault_of_version(const std::string& version) {
  if (version == "tlsv1.2" || version == "tlsv1.3") return {};
  return "the version '" + version + "' is neither 'tlsv1.2' nor 'tlsv1.3'";
}

std::string fault_of_psk(std::string_view psk, std::string_view identity) {
  const PskLimits limits = psk_limits();
  if (psk.empty()) return "the pre-shared key is empty";
  if (psk.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return "the pre-shared key is not hexadecimal";
  }
  if (psk.size() % 2 != 0) return "the pre-shared key has an odd number of digits";
  if (psk.size() / 2 > limits.key) return too_long("the pre-shared key", limits.key);
  return identity.size() > limits.identity ? too_long("the identity", limits.identity) : std::string();
}

std::string fault_of_alpn(const std::string& name) {
  if (name.empty()) return "the ALPN name is empty";
  return name.size() > kLongestAlpn ? too_long("the ALPN name", kLongestAlpn) : std::string();
}

const char* fault_of_option(int option) {
  switch (option) {
    case MOSQ_OPT_TLS_ENGINE:
      return "OpenSSL does not have this engine";
    case MOSQ_OPT_TLS_KEYFORM:
      return "the form of the key is neither 'pem' nor 'engine'";
    case MOSQ_OPT_TLS_ENGINE_KPASS_SHA1:
      return "the SHA-1 of the engine's password does not have 40 hexadecimal digits";
    case MOSQ_OPT_TLS_ALPN:
      return "the ALPN name cannot be taken back from this version of libmosquitto";
    default:
      return nullptr;
  }
}

std::string fault_of_ca_folder(const std::string& capath) {
  return are_readable_folders(capath) ? std::string() : "the CA folder " + capath + " cannot be read";
}

}  // namespace libmosquitto
