// Describes the outcome of an attempt to connect, or of a connection, in words for `last_error` and the log.
#pragma once

#include <string>

#include "driver/dialer.h"

namespace libmosquitto {

// Returns "broker.example:1883", "[::1]:1883", or the path of a unix socket.
std::string place_of(const DialTarget& target);

// Returns the meaning of a MOSQ_ERR_* code. For MOSQ_ERR_ERRNO and MOSQ_ERR_EAI it is the meaning of `error`, the
// system's code.
std::string reason_of(int rc, int error);

}  // namespace libmosquitto
