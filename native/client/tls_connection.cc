// TLS of the newest connection: checks before it whether it would be secure, and records why it failed.
#include <utility>

#include "client/openssl.h"
#include "client/tls_failure.h"
#include "client/tls_settings.h"
#include "system_setup.h"

namespace libmosquitto {

// libmosquitto speaks plain TCP without a CA, a PSK or the system's certificates, whatever else of
// TLS it was told, and verifies no name for port 0.
bool TlsSettings::lacks(int port) {
  const char* const fault = state_->wanted ? state_->trust.fault(port) : nullptr;
  if (fault == nullptr) return false;
  session_.log(MOSQ_LOG_ERR, session_.set_last_error(state_.use().reason = std::string("TLS: ") + fault));
  return true;
}

// Before each connection. 2.0 makes an SSL_CTX for the first one, and adds to it afterwards: what was trusted under
// earlier settings would be trusted for ever. It therefore gets an empty one when they have changed.
int TlsSettings::renew() {
  if (kRenewsTlsSettings || !state_->wanted) return MOSQ_ERR_SUCCESS;
  State& tls = state_.use();
  if (!tls.trust.certificates) {
    // With the system's certificates alone 2.0 refuses each connection but the first. A path that is
    // no folder adds no trust, and an unreadable certificate makes the call take it away again.
    const char* const unreadable = tls.trust.os_certificates ? nullptr : "";
    mosquitto_tls_set(session_.handle(), nullptr, "/dev/null", unreadable, unreadable, give_passphrase);
  }
  // A file of revocation lists may have changed.
  if (tls.revocation_lists) tls.begun = tls.changed = true;
  if (!tls.begun || !tls.changed) return MOSQ_ERR_SUCCESS;
  void* const fresh = new_tls_context();
  if (fresh == nullptr) return MOSQ_ERR_NOMEM;
  if (tls.revocation_lists && add_revocation_lists(fresh, *tls.revocation_lists) < 1) {
    free_tls_context(fresh);
    refuse("the revocation lists of tls_crl_set() cannot be read");
    return MOSQ_ERR_TLS;
  }
  mosquitto_void_option(session_.handle(), MOSQ_OPT_SSL_CTX, fresh);
  free_tls_context(fresh);  // the handle has its own reference now
  // ... and that of the one before is left to us. The library's first is unknown here if its connection failed early.
  free_tls_context(std::exchange(tls.context, fresh));
  tls.changed = false;
  return MOSQ_ERR_SUCCESS;
}

// Called after a call that may have made the library's own SSL_CTX.
void TlsSettings::remember(int rc, bool accepted) {
  if (state_->wanted && !accepted) limit_tls_requests(session_.handle());
  if (kRenewsTlsSettings || !state_->wanted || state_->context != nullptr) return;
  State& tls = state_.use();
  tls.context = tls_context_of(session_.handle());
  const bool made = tls.context != nullptr || rc == MOSQ_ERR_TLS;
  if (made && !std::exchange(tls.begun, true)) tls.changed = false;
}

void TlsSettings::begin_connection() {
  State* const tls = state_.used();
  if (tls == nullptr) return;
  tls->failed = tls->refused = false;
  tls->reason.clear();
  for (const MemoryFile& file : tls->certificates) file.rewind();
}

void TlsSettings::refuse(const char* reason) {
  State& tls = state_.use();
  tls.refused = true;
  tls.reason = reason;
  session_.log(MOSQ_LOG_ERR, "TLS: " + tls.reason);
}

void TlsSettings::tolerate() {
  State& tls = state_.use();
  tls.refused = false;
  tls.reason.clear();
}

void TlsSettings::read_log_line(const char* line, const std::string& hostname) {
  const std::string failure = tls_failure(session_.handle(), line, hostname);
  State* const tls = state_.used();
  if (tls == nullptr || tls->refused) return;
  add_tls_line(tls->reason, line, failure);
  if (!failure.empty()) session_.log(MOSQ_LOG_ERR, "TLS: " + failure);
}

}  // namespace libmosquitto
