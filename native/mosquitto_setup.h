// The only place that includes <mosquitto.h>, and the one list of what differs
// between the versions of libmosquitto that the addon builds against.
#pragma once

#include <mosquitto.h>

#ifndef LIBMOSQUITTO_SYSTEM
#include "libmosquitto/repairs.h"
#endif

#if LIBMOSQUITTO_VERSION_NUMBER < 2000011
#error "libmosquitto 2.0.11 or newer is needed"
#endif

namespace libmosquitto {

// WebSockets came with 2.1; 2.0 does not know the option and says so.
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
inline constexpr mosq_opt_t kTransportOption = MOSQ_OPT_TRANSPORT;
inline constexpr int kTransportWebSockets = MOSQ_T_WEBSOCKETS;
#else
inline constexpr mosq_opt_t kTransportOption = static_cast<mosq_opt_t>(15);
inline constexpr int kTransportWebSockets = 2;
#endif

// A client that has stopped reading, because what it has read is not handled yet, cannot
// see a PINGRESP: none is expected of it. The system's library cannot be told.
inline void excuse_pingresp([[maybe_unused]] mosquitto* handle) {
#ifndef LIBMOSQUITTO_SYSTEM
  repairs_excuse_pingresp(handle);
#endif
}

// Calls mosquitto_lib_init() once for the process: it is not thread safe, and two
// worker threads may load the addon at the same moment. mosquitto_lib_cleanup() is
// never called: libmosquitto 2.0 would unload the OpenSSL configuration of its host.
int initialise_library();

}  // namespace libmosquitto
