// The settings that decide whether a client verifies its broker.
#pragma once

namespace libmosquitto {

struct TlsTrust {
  bool certificates = false;  // CAs, by tls_set()
  bool psk = false;           // a pre-shared key
  bool os_certificates = false;
  bool engine_key = false;   // the client's key is not a file
  bool verifies = true;      // cert_reqs of tls_opts_set()
  bool any_name = false;     // tls_insecure_set()
  bool unprotected = false;  // the cipher list allows suites without authentication or without encryption

  // Returns why a connection to this port would not be secure; null when it is as secure as the program asks for.
  [[nodiscard]] const char* fault(int port) const {
    const bool by_certificate = certificates || os_certificates;
    if (!by_certificate && !psk) {
      return "asked for, but there is no CA, no PSK, and MOSQ_OPT_TLS_USE_OS_CERTS is off";
    }
    const bool by_name = by_certificate && verifies && !any_name;
    if (port == 0 && by_name) return "a unix socket (port 0) has no host name to verify";
    if (unprotected && (verifies || !by_certificate)) {
      return "the cipher list allows suites without authentication or without encryption; !aNULL:!eNULL takes them "
             "away";
    }
    return nullptr;
  }
};

}  // namespace libmosquitto
