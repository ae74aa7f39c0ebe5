// TLS, as mosquitto.h has it, and what it lacks: certificates from memory, and never
// plain TCP for a client that was asked for TLS.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "client/client.h"
#include "client/memory_file.h"

namespace libmosquitto {

// Called by OpenSSL for an encrypted key. There always is one: without it OpenSSL would
// ask on the terminal and wait.
int Client::give_passphrase(char* buffer, int size, int /*rwflag*/, void* handle) {
  const auto& client = *static_cast<const Client*>(mosquitto_userdata(static_cast<mosquitto*>(handle)));
  const std::string& passphrase = client.passphrase_;
  if (size < 0 || passphrase.size() > static_cast<size_t>(size)) return 0;
  std::copy(passphrase.begin(), passphrase.end(), buffer);
  return static_cast<int>(passphrase.size());
}

int Client::tls_set(const char* cafile, const char* capath, const char* certfile, const char* keyfile,
                    const char* passphrase) {
  // Opened again by path for each connection, so they are kept.
  std::vector<MemoryFile> files;
  const char* sources[] = {cafile, certfile, keyfile};
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
  tls_wanted_ = true;
  const int rc = checked(mosquitto_tls_set(handle_, sources[0], capath, sources[1], sources[2], give_passphrase));
  // One that fails takes away what an earlier one gave.
  tls_certificates_ = rc == MOSQ_ERR_SUCCESS;
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  passphrase_ = passphrase == nullptr ? "" : passphrase;
  certificates_ = std::move(files);
  return rc;
}

int Client::tls_insecure_set(bool value) {
  const std::lock_guard lock(mutex_);
  tls_wanted_ = tls_wanted_ || value;
  return checked(mosquitto_tls_insecure_set(handle_, value));
}

int Client::tls_opts_set(int cert_reqs, const char* tls_version, const char* ciphers) {
  // Taken in any case here, and in lower case only by the connection.
  std::string lower = tls_version == nullptr ? "" : tls_version;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (tls_version != nullptr) tls_version = lower.c_str();
  const std::lock_guard lock(mutex_);
  tls_wanted_ = true;
  return checked(mosquitto_tls_opts_set(handle_, cert_reqs, tls_version, ciphers));
}

int Client::tls_psk_set(const char* psk, const char* identity, const char* ciphers) {
  const std::lock_guard lock(mutex_);
  tls_wanted_ = true;
  forget_psk(handle_);
  const int rc = checked(mosquitto_tls_psk_set(handle_, psk, identity, ciphers));
  tls_psk_ = rc == MOSQ_ERR_SUCCESS;
  return rc;
}

// libmosquitto speaks plain TCP without a CA, a PSK or the system's certificates,
// whatever else of TLS it was told.
bool Client::tls_incomplete() {
  const std::lock_guard lock(mutex_);
  if (!tls_wanted_ || tls_certificates_ || tls_psk_ || tls_os_certificates_) return false;
  log(MOSQ_LOG_ERR, "TLS: asked for, but there is no CA, no PSK, and MOSQ_OPT_TLS_USE_OS_CERTS is off");
  return true;
}

}  // namespace libmosquitto
