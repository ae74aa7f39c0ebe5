// A client's TLS settings, including those that libmosquitto does not store, and the TLS state of the newest
// connection.
//
// The session's lock guards it; the methods that JavaScript calls lock the session themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/memory_file.h"
#include "client/rare.h"
#include "client/revocation_lists.h"
#include "client/session.h"
#include "client/tls_trust.h"
#include "convert/parameters.h"
#include "unique_owner.h"

namespace libmosquitto {

class TlsSettings {
 public:
  explicit TlsSettings(Session& session) : session_(session) {}
  ~TlsSettings() = default;
  TlsSettings(const TlsSettings&) = delete;
  TlsSettings& operator=(const TlsSettings&) = delete;

  // JavaScript calls these, as in mosquitto.h (tls.cc, tls_crl.cc).
  int tls_set(const TextOrBytes& cafile, const std::optional<Text>& capath, const TextOrBytes& certfile,
              const TextOrBytes& keyfile, const OptionalSecretText& passphrase);
  int tls_insecure_set(bool value);
  int tls_opts_set(int32_t cert_reqs, const std::optional<Text>& tls_version, const std::optional<Text>& ciphers);
  int tls_psk_set(const SecretText& psk, const Text& identity, const std::optional<Text>& ciphers);
  int tls_crl_set(const TextOrBytes& crlfile);
  // The program has asked for TLS.
  [[nodiscard]] bool tls_wanted() const { return state_->wanted; }

  // Options (options.cc). prepare() gets the memory for the notes about an option before the library takes the option.
  void prepare() { state_.use(); }
  void note_int_option(int option, int value);
  void note_string_option(int option, const char* value);
  // Records why a setter refuses its values. Returns MOSQ_ERR_INVAL.
  int refuse_setting(const std::string& reason);

  void reset() { state_.reset(); }
  [[nodiscard]] std::string_view passphrase() const { return state_->passphrase.text(); }
  [[nodiscard]] const std::optional<RevocationLists>& revocation_lists() const { return state_->revocation_lists; }

  // Connections (tls_connection.cc). Returns true, and logs the reason, when libmosquitto would speak plain TCP
  // although TLS was asked for.
  bool lacks(int port);
  void begin_connection();
  // To be called before each connection: makes the library forget earlier settings. Returns MOSQ_ERR_*.
  int renew();
  // To be called after a call that may have made the library's SSL_CTX, with its result. `accepted`: CONNACK has come.
  void remember(int rc, bool accepted);
  // Returns why TLS failed on this connection; '' while it has not.
  [[nodiscard]] const std::string& reason() const { return state_->reason; }
  void set_reason(std::string reason) { state_.use().reason = std::move(reason); }
  [[nodiscard]] bool failed() const { return state_->failed; }
  void fail() { state_.use().failed = true; }
  // The broker's certificate is refused for a reason that OpenSSL has no words for.
  void refuse(const char* reason);
  // The connection goes on although a reason was found.
  void tolerate();
  // Reads a line of the library's log, of level MOSQ_LOG_ERR.
  void read_log_line(const char* line, const std::string& hostname);

 private:
  struct State {
    bool wanted = false;
    bool begun = false;       // libmosquitto has made its SSL_CTX
    bool changed = false;     // settings have changed since then
    void* context = nullptr;  // the handle's SSL_CTX, as far as it is known
    TlsTrust trust;
    Secret passphrase;
    std::optional<RevocationLists> revocation_lists;  // from tls_crl_set()
    std::vector<MemoryFile> certificates;

    // The newest connection's:
    bool failed = false;
    bool refused = false;  // `reason` is in our words: OpenSSL has none
    std::string reason;
  };
  static_assert(kIsUniqueOwner<State>);

  Session& session_;
  Rare<State> state_;
};
static_assert(kIsUniqueOwner<TlsSettings>);

// Called by OpenSSL for an encrypted key, with a mosquitto handle (hooks.cc).
int give_passphrase(char* buffer, int size, int rwflag, void* handle);

}  // namespace libmosquitto
