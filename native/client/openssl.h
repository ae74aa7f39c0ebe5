// The few functions of OpenSSL that are asked of the copy that libmosquitto uses.
#pragma once

#include <cstddef>

#include "mosquitto_setup.h"

namespace libmosquitto {

// Why verifying the peer's certificate failed; null when it did not, or there is none.
const char* tls_verify_error(mosquitto* handle);

// The handle's TLS handshake has begun and is not through.
bool tls_in_handshake(mosquitto* handle);

// The handshake has written all that it has to write, and waits for the peer.
bool tls_awaits_peer(mosquitto* handle);

// It has decrypted input that nobody has read: no poll() shows that.
bool tls_has_pending(mosquitto* handle);

// OpenSSL takes what was read so far for all that comes. The end of the stream is then no error, though the peer's
// close_notify was not read.
void end_tls_input(mosquitto* handle);

// An SSL_CTX of its connection, or a new one; null where there is none. Freeing null is allowed.
void* tls_context_of(mosquitto* handle);
void* new_tls_context();
void free_tls_context(void* context);

// Refuses to renegotiate on the handle's connection, and ends each read behind a message of a handshake. The static
// build does so by itself (tls_requests.c).
void limit_tls_requests(mosquitto* handle);

// The most bytes that OpenSSL takes of a pre-shared key, and that reach it of an identity.
struct PskLimits {
  size_t key;
  size_t identity;
};
PskLimits psk_limits();

}  // namespace libmosquitto
