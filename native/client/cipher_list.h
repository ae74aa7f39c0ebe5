// Checks that a list of TLS ciphers allows only suites that authenticate the server and encrypt.
#pragma once

namespace libmosquitto {

// Sets `unprotected` to true when the list allows TLS 1.2 a suite that does not authenticate the server or does not
// encrypt, at the list's own security level or the configured one, or when the list has nothing else. Sets it to false
// for NULL, and for a list that OpenSSL does not know, which the library refuses. Returns MOSQ_ERR_NOMEM, or
// MOSQ_ERR_NOT_SUPPORTED when a function of OpenSSL that is needed is missing: nothing is known of the list.
int judge_cipher_list(const char* ciphers, bool& unprotected);

}  // namespace libmosquitto
