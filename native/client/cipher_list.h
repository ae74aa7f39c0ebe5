// Whether a list of ciphers keeps what TLS is for.
#pragma once

namespace libmosquitto {

// True for OpenSSL's list of ciphers when TLS 1.2 may use a suite of it that does not authenticate the server or does
// not encrypt, by the list's own security level or the configured one; and for a list of nothing else. False for a list
// that OpenSSL does not know: the library refuses it.
bool allows_unprotected(const char* ciphers);

}  // namespace libmosquitto
