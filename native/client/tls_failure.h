// Why a TLS connection failed, in words.
#pragma once

#include <string>

#include "mosquitto_setup.h"

namespace libmosquitto {

// Inside a log callback that carries an error: the reason that verifying the peer's certificate ended with, or else
// the last part of a line of OpenSSL's. Empty for any other line.
std::string tls_failure(mosquitto* handle, const char* line, const std::string& hostname);

// Adds a line of level MOSQ_LOG_ERR to the reason for which TLS failed: the library's, which names the file or the
// setting, and then the first of OpenSSL's. `failure` is what tls_failure() makes of the line.
void add_tls_line(std::string& reason, const char* line, const std::string& failure);

}  // namespace libmosquitto
