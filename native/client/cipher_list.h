// Whether a list of ciphers keeps what TLS is for.
#pragma once

namespace libmosquitto {

// Tells whether TLS 1.2 may use a suite of OpenSSL's list of ciphers that does not authenticate the server or does not
// encrypt, by the list's own security level or the configured one. `unprotected` becomes true for such a list, and for
// a list of nothing else; false for NULL, and for a list that OpenSSL does not know: the library refuses it. Returns
// MOSQ_ERR_NOMEM, or MOSQ_ERR_NOT_SUPPORTED without a function of OpenSSL that is needed: nothing is known of the list.
int judge_cipher_list(const char* ciphers, bool& unprotected);

}  // namespace libmosquitto
