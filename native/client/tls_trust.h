// What a client verifies its broker by.
#pragma once

namespace libmosquitto {

struct TlsTrust {
  bool certificates = false;  // CAs, by tls_set()
  bool psk = false;           // a pre-shared key
  bool os_certificates = false;
  bool engine_key = false;  // the client's key is not a file

  [[nodiscard]] bool empty() const { return !certificates && !psk && !os_certificates; }
};

}  // namespace libmosquitto
