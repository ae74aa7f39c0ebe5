// The setters of TLS, as in mosquitto.h. Unlike libmosquitto they also take certificates from memory, and a client that
// was asked for TLS never speaks plain TCP.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include <strings.h>

#include "client/cipher_list.h"
#include "client/memory_file.h"
#include "client/openssl.h"
#include "client/tls_settings.h"
#include "client/tls_values.h"
#include "system_setup.h"

namespace libmosquitto {

int TlsSettings::tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
                         const TextOrBytes& keyfile, const OptionalSecretText& passphrase) {
  // libmosquitto opens these again by path for each connection, so they are stored.
  std::vector<MemoryFile> files;
  const char* sources[] = {cafile.c_str(), certfile.c_str(), keyfile.c_str()};
  files.reserve(std::size(sources));
  for (const char*& source : sources) {
    if (source == nullptr || !MemoryFile::is_pem(source)) continue;
    files.emplace_back(source);
    if (!files.back()) {
      session_.set_last_errno(errno);
      return MOSQ_ERR_ERRNO;
    }
    source = files.back().path();
  }
  const std::lock_guard lock(session_.mutex());
  State& tls = state_.use();
  tls.wanted = tls.changed = true;
  // The library checks these conditions too, but clears the earlier settings first. A call that fails must not change
  // them.
  if (sources[0] == nullptr && !capath) return refuse_setting("neither a CA file nor a CA folder");
  if ((sources[1] == nullptr) != (sources[2] == nullptr)) {
    return refuse_setting("a certificate without its key, or a key without its certificate");
  }
  constexpr const char* kNames[] = {"CA", "certificate", "key"};
  for (size_t i = 0; i < std::size(sources); i++) {
    const bool is_file = sources[i] != nullptr && (i != 2 || !tls.trust.engine_key);
    if (!is_file || is_readable_file(sources[i])) continue;
    return refuse_setting(std::string("the ") + kNames[i] + " file " + sources[i] + " cannot be read");
  }
  if (capath) {
    const std::string fault = fault_of_ca_folder(*capath);
    if (!fault.empty()) return refuse_setting(fault);
  }
  const int rc = session_.checked(
      mosquitto_tls_set(session_.handle(), sources[0], c_string(capath), sources[1], sources[2], give_passphrase));
  // A failure here (no memory, a file that has vanished since) has cleared the earlier settings: no connection is made
  // then.
  tls.trust.certificates = rc == MOSQ_ERR_SUCCESS;
  // 2.0.11 reads the key of an engine as if it were a file.
  if (rc == MOSQ_ERR_INVAL) return refuse_setting("libmosquitto cannot read one of the files");
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  if (ignores_lists_in(sources[0])) {
    session_.log(MOSQ_LOG_WARNING, "TLS: revocation lists in the CA file are ignored; tls_crl_set() takes them");
  }
  tls.passphrase.assign(passphrase.text());
  tls.certificates = std::move(files);
  return rc;
}

int TlsSettings::tls_insecure_set(bool value) {
  const std::lock_guard lock(session_.mutex());
  State& tls = state_.use();
  tls.wanted = tls.wanted || value;
  const int rc = session_.checked(mosquitto_tls_insecure_set(session_.handle(), value));
  if (rc == MOSQ_ERR_SUCCESS) tls.trust.any_name = value;
  return rc;
}

int TlsSettings::tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version,
                              const std::optional<Text>& ciphers) {
  // tls_opts_set() takes any case, but the connection only lower case.
  std::optional<Text> lower = tls_version;
  if (lower) {
    for (char& c : *lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::lock_guard lock(session_.mutex());
  State& tls = state_.use();
  tls.wanted = tls.changed = true;
  // The library checks the version after it has stored `cert_reqs`.
  const std::string fault = lower ? fault_of_version(*lower) : std::string();
  if (!fault.empty()) return refuse_setting(fault);
  bool unprotected = false;
  int rc = judge_cipher_list(lower == "tlsv1.3" ? nullptr : c_string(ciphers), unprotected);
  if (rc == MOSQ_ERR_SUCCESS)
    rc = session_.checked(mosquitto_tls_opts_set(session_.handle(), cert_reqs, c_string(lower), c_string(ciphers)));
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  tls.trust.verifies = cert_reqs != 0;
  tls.trust.unprotected = unprotected;
  return rc;
}

int TlsSettings::tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers) {
  const std::lock_guard lock(session_.mutex());
  State& tls = state_.use();
  tls.wanted = tls.changed = true;
  // Checked before the earlier key is forgotten.
  const std::string fault = fault_of_psk(psk.text(), identity);
  if (!fault.empty()) return refuse_setting(fault);
  bool unprotected = false;
  int rc = judge_cipher_list(c_string(ciphers), unprotected);
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  forget_psk(session_.handle());
  rc = session_.checked(mosquitto_tls_psk_set(session_.handle(), psk.c_str(), identity.c_str(), c_string(ciphers)));
  tls.trust.psk = rc == MOSQ_ERR_SUCCESS;
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  // The library has replaced the list of tls_opts_set() by this one, or by none.
  tls.trust.unprotected = unprotected;
  return rc;
}

void TlsSettings::note_int_option(int option, int value) {
  State& tls = state_.use();
  if (option == MOSQ_OPT_TLS_USE_OS_CERTS) {
    tls.trust.os_certificates = value != 0;
    tls.changed = true;
    tls.wanted = tls.wanted || tls.trust.os_certificates;
  }
  if (option == MOSQ_OPT_TLS_OCSP_REQUIRED && value != 0) tls.wanted = true;
}

void TlsSettings::note_string_option(int option, const char* value) {
  State& tls = state_.use();
  tls.wanted = tls.changed = true;
  if (option == MOSQ_OPT_TLS_KEYFORM) tls.trust.engine_key = strcasecmp(value, "engine") == 0;
}

int TlsSettings::refuse_setting(const std::string& reason) {
  session_.set_last_error("TLS: " + reason);
  return MOSQ_ERR_INVAL;
}

}  // namespace libmosquitto
