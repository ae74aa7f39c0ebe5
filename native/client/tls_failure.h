// Why a TLS connection failed, in words.
#pragma once

#include <string>

#include "mosquitto_setup.h"

namespace libmosquitto {

// Inside a log callback that carries an error: the reason that verifying the peer's certificate ended with, or else
// the last part of a line of OpenSSL's. Empty for any other line.
std::string tls_failure(mosquitto* handle, const char* line, const std::string& hostname);

}  // namespace libmosquitto
