// Finds the reason for which a TLS connection failed in the lines of libmosquitto's log.
#pragma once

#include <string>

#include "mosquitto_setup.h"

namespace libmosquitto {

// For a log callback with an error line. Returns the reason why the verification of the peer's certificate failed, else
// the last part of a line of OpenSSL's; empty for any other line.
std::string tls_failure(mosquitto* handle, const char* line, const std::string& hostname);

// Adds a line of level MOSQ_LOG_ERR to the reason of a TLS failure. The reason consists of the library's line, which
// names the file or the setting, and the first line of OpenSSL's. `failure` is the result of tls_failure() for the
// line.
void add_tls_line(std::string& reason, const char* line, const std::string& failure);

}  // namespace libmosquitto
