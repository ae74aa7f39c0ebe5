// The few functions of OpenSSL that the addon calls, in the copy of OpenSSL that libmosquitto uses.
#pragma once

#include <cstddef>

#include "mosquitto_setup.h"

namespace libmosquitto {

// Returns why the verification of the peer's certificate failed; null when it did not fail, or there is no certificate.
const char* tls_verify_error(mosquitto* handle);

// Returns true when the handle's TLS handshake has begun and is not complete.
bool tls_in_handshake(mosquitto* handle);

// Returns true when the handshake has written all that it has to write, and waits for the peer.
bool tls_awaits_peer(mosquitto* handle);

// Returns true when OpenSSL has decrypted input that nobody has read: no poll() shows that.
bool tls_has_pending(mosquitto* handle);

// Tells OpenSSL that no more input comes. The end of the stream is then no error, though the peer's close_notify was
// not read.
void end_tls_input(mosquitto* handle);

// The SSL_CTX of the handle's connection, or a new one; null where there is none. Freeing null is allowed.
void* tls_context_of(mosquitto* handle);
void* new_tls_context();
void free_tls_context(void* context);

// Refuses to renegotiate on the handle's connection, and ends each read behind a message of a handshake. The static
// build does so by itself (tls_requests.c).
void limit_tls_requests(mosquitto* handle);

// The most bytes of a pre-shared key, and of its identity, that reach OpenSSL.
struct PskLimits {
  size_t key;
  size_t identity;
};
PskLimits psk_limits();

}  // namespace libmosquitto
