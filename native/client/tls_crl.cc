// Revocation of certificates: what libmosquitto has no call for.
#include <new>

#include "client/client.h"
#include "client/memory_file.h"
#ifndef LIBMOSQUITTO_SYSTEM
#include "libmosquitto/tls_verify.h"
#endif

namespace libmosquitto {

int Client::tls_crl_set(const TextOrBytes& crlfile) {
  std::optional<RevocationLists> lists;
  if (const char* const source = crlfile.c_str()) lists = RevocationLists{source, MemoryFile::is_pem(source)};
  const bool readable = !lists || add_revocation_lists(nullptr, *lists) > 0;
  const std::lock_guard lock(mutex_);
  if (!readable) return tls_setting_refused("the revocation lists of tls_crl_set() cannot be read");
  TlsSettings& tls = tls_.use();
  tls.revocation_lists = std::move(lists);
  tls.changed = true;
  tls.wanted = tls.wanted || tls.revocation_lists;
  return MOSQ_ERR_SUCCESS;
}

// Instead of what OpenSSL will say of it.
void Client::tls_refused(const char* reason) {
  tls_.use().refuse(reason);
  log(MOSQ_LOG_ERR, std::string("TLS: ") + reason);
}

}  // namespace libmosquitto

#ifndef LIBMOSQUITTO_SYSTEM

tls_demands tls_demands_of(void* userdata) {
  const auto& client = *static_cast<libmosquitto::Client*>(userdata);
  const auto& lists = client.revocation_lists();
  return {lists ? lists->source.c_str() : nullptr, lists && lists->is_text ? 1 : 0, client.srv_domain()};
}

// Called by OpenSSL's callbacks: no exception leaves it.
void tls_refuse(void* userdata, const char* reason) {
  auto& client = *static_cast<libmosquitto::Client*>(userdata);
  try {
    client.tls_refused(reason);
  } catch (const std::bad_alloc&) {
    client.end_without_memory();
  }
}

void tls_tolerate(void* userdata) { static_cast<libmosquitto::Client*>(userdata)->tls_tolerated(); }

#endif
