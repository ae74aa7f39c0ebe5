// tls_crl_set(): sets certificate revocation lists, for which libmosquitto has no call.
#include "client/memory_file.h"
#include "client/tls_settings.h"

namespace libmosquitto {

int TlsSettings::tls_crl_set(const TextOrBytes& crlfile) {
  std::optional<RevocationLists> lists;
  if (const char* const source = crlfile.c_str()) lists = RevocationLists{source, MemoryFile::is_pem(source)};
  const bool readable = !lists || add_revocation_lists(nullptr, *lists) > 0;
  const std::lock_guard lock(session_.mutex());
  if (!readable) return refuse_setting("the revocation lists of tls_crl_set() cannot be read");
  State& tls = state_.use();
  tls.revocation_lists = std::move(lists);
  tls.changed = true;
  tls.wanted = tls.wanted || tls.revocation_lists;
  return MOSQ_ERR_SUCCESS;
}

}  // namespace libmosquitto
