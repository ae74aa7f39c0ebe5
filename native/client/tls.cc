// TLS, as mosquitto.h has it, and what it lacks: certificates from memory, and never
// plain TCP for a client that was asked for TLS.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "client/cipher_list.h"
#include "client/client.h"
#include "client/memory_file.h"
#include "client/openssl.h"
#include "client/tls_values.h"
#include "system_setup.h"

namespace libmosquitto {

// Called by OpenSSL for an encrypted key. There always is one: without it OpenSSL would
// ask on the terminal and wait.
int Client::give_passphrase(char* buffer, int size, int /*rwflag*/, void* handle) {
  const auto& client = *static_cast<const Client*>(mosquitto_userdata(static_cast<mosquitto*>(handle)));
  const std::string_view passphrase = client.tls_->passphrase.text();
  if (size < 0 || passphrase.size() > static_cast<size_t>(size)) return 0;
  std::copy(passphrase.begin(), passphrase.end(), buffer);
  return static_cast<int>(passphrase.size());
}

int Client::tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
                    const TextOrBytes& keyfile, const OptionalSecretText& passphrase) {
  // Opened again by path for each connection, so they are kept.
  std::vector<MemoryFile> files;
  const char* sources[] = {cafile.c_str(), certfile.c_str(), keyfile.c_str()};
  files.reserve(std::size(sources));
  for (const char*& source : sources) {
    if (source == nullptr || !MemoryFile::is_pem(source)) continue;
    files.emplace_back(source);
    if (!files.back()) {
      last_errno_ = errno;
      return MOSQ_ERR_ERRNO;
    }
    source = files.back().path();
  }
  const std::lock_guard lock(mutex_);
  TlsSettings& tls = tls_.use();
  tls.wanted = tls.changed = true;
  // The library tests these conditions too, but clears the earlier settings first: a call that fails must keep them.
  if (sources[0] == nullptr && !capath) return tls_setting_refused("neither a CA file nor a CA folder");
  if ((sources[1] == nullptr) != (sources[2] == nullptr)) {
    return tls_setting_refused("a certificate without its key, or a key without its certificate");
  }
  constexpr const char* kNames[] = {"CA", "certificate", "key"};
  for (size_t i = 0; i < std::size(sources); i++) {
    const bool is_file = sources[i] != nullptr && (i != 2 || !tls.trust.engine_key);
    if (!is_file || is_readable_file(sources[i])) continue;
    return tls_setting_refused(std::string("the ") + kNames[i] + " file " + sources[i] + " cannot be read");
  }
  if (capath) {
    const std::string fault = fault_of_ca_folder(*capath);
    if (!fault.empty()) return tls_setting_refused(fault);
  }
  const int rc =
      checked(mosquitto_tls_set(handle_, sources[0], c_string(capath), sources[1], sources[2], give_passphrase));
  // A failure here (no memory, a file that has vanished since) has cleared the earlier settings: connect to nobody.
  tls.trust.certificates = rc == MOSQ_ERR_SUCCESS;
  // 2.0.11 reads the key of an engine as a file too.
  if (rc == MOSQ_ERR_INVAL) return tls_setting_refused("libmosquitto cannot read one of the files");
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  if (ignores_lists_in(sources[0])) {
    log(MOSQ_LOG_WARNING, "TLS: revocation lists in the CA file are ignored; tls_crl_set() takes them");
  }
  tls.passphrase.assign(passphrase.text());
  tls.certificates = std::move(files);
  return rc;
}

int Client::tls_insecure_set(bool value) {
  const std::lock_guard lock(mutex_);
  TlsSettings& tls = tls_.use();
  tls.wanted = tls.wanted || value;
  const int rc = checked(mosquitto_tls_insecure_set(handle_, value));
  if (rc == MOSQ_ERR_SUCCESS) tls.trust.any_name = value;
  return rc;
}

int Client::tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version,
                         const std::optional<Text>& ciphers) {
  // Taken in any case here, and in lower case only by the connection.
  std::optional<Text> lower = tls_version;
  if (lower) {
    for (char& c : *lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::lock_guard lock(mutex_);
  TlsSettings& tls = tls_.use();
  tls.wanted = tls.changed = true;
  // The library tests the version after it has taken `cert_reqs`.
  const std::string fault = lower ? fault_of_version(*lower) : std::string();
  if (!fault.empty()) return tls_setting_refused(fault);
  bool unprotected = false;
  int rc = judge_cipher_list(lower == "tlsv1.3" ? nullptr : c_string(ciphers), unprotected);
  if (rc == MOSQ_ERR_SUCCESS)
    rc = checked(mosquitto_tls_opts_set(handle_, cert_reqs, c_string(lower), c_string(ciphers)));
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  tls.trust.verifies = cert_reqs != 0;
  tls.trust.unprotected = unprotected;
  return rc;
}

int Client::tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers) {
  const std::lock_guard lock(mutex_);
  TlsSettings& tls = tls_.use();
  tls.wanted = tls.changed = true;
  // Before the earlier key is forgotten.
  const std::string fault = fault_of_psk(psk.text(), identity);
  if (!fault.empty()) return tls_setting_refused(fault);
  bool unprotected = false;
  int rc = judge_cipher_list(c_string(ciphers), unprotected);
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  forget_psk(handle_);
  rc = checked(mosquitto_tls_psk_set(handle_, psk.c_str(), identity.c_str(), c_string(ciphers)));
  tls.trust.psk = rc == MOSQ_ERR_SUCCESS;
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  // The library has replaced the list of tls_opts_set() by this one, or by none.
  tls.trust.unprotected = unprotected;
  return rc;
}

// With the lock held. A setter refuses its values.
int Client::tls_setting_refused(const std::string& reason) {
  last_error_.use() = "TLS: " + reason;
  return MOSQ_ERR_INVAL;
}

// With the lock held. libmosquitto speaks plain TCP without a CA, a PSK or the system's certificates, whatever else of
// TLS it was told, and verifies no name for port 0.
bool Client::lacks_tls(int port) {
  const char* const fault = tls_->wanted ? tls_->trust.fault(port) : nullptr;
  if (fault == nullptr) return false;
  last_error_.use() = tls_.use().reason = std::string("TLS: ") + fault;
  log(MOSQ_LOG_ERR, *last_error_);
  return true;
}

// Ends a connection that would go on in plain TCP, after the settings have changed: one that was made before TLS was
// asked for, or one to a SOCKS proxy, which begins with TLS when the proxy is through.
bool Client::leaves_plain() {
  if (!tls_->wanted || accepted_ || mosquitto_socket(handle_) < 0 || mosquitto_ssl_get(handle_) != nullptr)
    return false;
  if (began_plain_) {
    std::string& reason = tls_.use().reason;
    reason = "TLS was asked for after this connection had begun in plain TCP";
    log(MOSQ_LOG_ERR, "TLS: " + reason);
  } else if (!lacks_tls(target_.port)) {
    return false;
  }
  abandon(MOSQ_ERR_TLS);
  return true;
}

// Before each connection. 2.0 makes an SSL_CTX for the first one, and adds to it afterwards: what was trusted under
// earlier settings would be trusted for ever. So that it gets an empty one when they have changed.
int Client::renew_tls_settings() {
  if (kRenewsTlsSettings || !tls_->wanted) return MOSQ_ERR_SUCCESS;
  TlsSettings& tls = tls_.use();
  if (!tls.trust.certificates) {
    // With the system's certificates alone 2.0 refuses each connection but the first. What is no folder adds
    // nothing to what is trusted; and a certificate that cannot be read makes the call take it away again.
    const char* const unreadable = tls.trust.os_certificates ? nullptr : "";
    mosquitto_tls_set(handle_, nullptr, "/dev/null", unreadable, unreadable, give_passphrase);
  }
  // A file of revocation lists may have been renewed.
  if (tls.revocation_lists) tls.begun = tls.changed = true;
  if (!tls.begun || !tls.changed) return MOSQ_ERR_SUCCESS;
  void* const fresh = new_tls_context();
  if (fresh == nullptr) return MOSQ_ERR_NOMEM;
  if (tls.revocation_lists && add_revocation_lists(fresh, *tls.revocation_lists) < 1) {
    free_tls_context(fresh);
    tls_refused("the revocation lists of tls_crl_set() cannot be read");
    return MOSQ_ERR_TLS;
  }
  mosquitto_void_option(handle_, MOSQ_OPT_SSL_CTX, fresh);
  free_tls_context(fresh);  // the handle has its own reference now
  // ... and that of the one before is left to us. The library's first is unknown here if its connection failed early.
  free_tls_context(std::exchange(tls.context, fresh));
  tls.changed = false;
  return MOSQ_ERR_SUCCESS;
}

// After what may have made the library's own.
void Client::remember_tls_settings(int rc) {
  if (tls_->wanted && !accepted_) limit_tls_requests(handle_);
  if (kRenewsTlsSettings || !tls_->wanted || tls_->context != nullptr) return;
  TlsSettings& tls = tls_.use();
  tls.context = tls_context_of(handle_);
  const bool made = tls.context != nullptr || rc == MOSQ_ERR_TLS;
  if (made && !std::exchange(tls.begun, true)) tls.changed = false;
}

}  // namespace libmosquitto
