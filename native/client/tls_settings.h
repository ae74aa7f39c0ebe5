// The settings of TLS that libmosquitto does not keep, and how TLS fares on the connection that stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/memory_file.h"
#include "client/revocation_lists.h"
#include "client/tls_trust.h"
#include "convert/secret.h"
#include "unique_owner.h"

namespace libmosquitto {

struct TlsSettings {
  bool wanted = false;      // the program has asked for TLS
  bool begun = false;       // libmosquitto has made its SSL_CTX,
  bool changed = false;     // ... and settings have changed since
  void* context = nullptr;  // the handle's SSL_CTX, as far as it is known
  TlsTrust trust;
  Secret passphrase;
  std::optional<RevocationLists> revocation_lists;  // from tls_crl_set()
  std::vector<MemoryFile> certificates;

  // State of the connection:
  bool failed = false;
  bool refused = false;  // `reason` is in our words: OpenSSL has none
  std::string reason;    // for the failure

  void begin_connection() {
    failed = refused = false;
    reason.clear();
    for (const MemoryFile& file : certificates) file.rewind();
  }
  void refuse(const char* why) {
    refused = true;
    reason = why;
  }
  // The connection goes on although a reason was found.
  void tolerate() {
    refused = false;
    reason.clear();
  }
};
static_assert(kIsUniqueOwner<TlsSettings>);

}  // namespace libmosquitto
