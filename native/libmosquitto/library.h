/* Includes the library's own headers, whose names differ by version. Defines what both repairs/ and engine/ ask of a
 * handle or a packet. */
#ifndef LIBMOSQUITTO_LIBRARY_H
#define LIBMOSQUITTO_LIBRARY_H

#include <errno.h>
#include <stdbool.h>

#include "addon.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "state.h"

#include "property_common.h"

/* Returns false for a handle that was made without user data, which the library lets point to itself. No Client owns
 * such a handle: it has no state. */
static inline bool has_client(const struct mosquitto* mosq) { return mosq->userdata != mosq; }

/* The state of a handle that has a client. */
static inline struct handle_state* state_of(const struct mosquitto* mosq) { return addon_state(mosq->userdata); }

/* On Windows the library takes the errors of sockets for its own from another place than errno, and OpenSSL leaves none
 * behind. set_error() sets both places. */
#ifdef WIN32
static inline void set_error(int error) {
  errno = error;
  WSASetLastError(error);
}
static inline int write_error(void) {
  const int error = errno == EAGAIN ? EAGAIN : WSAGetLastError();
  return error == 0 ? WSAECONNRESET : error;
}
static inline int is_reset(int error) { return error != EAGAIN && error != EPROTO; }
#else
static inline void set_error(int error) { errno = error; }
static inline int write_error(void) { return errno; }
static inline int is_reset(int error) { return error == EPIPE || error == ECONNRESET; }
#endif

/* A function of the library that reads from the connection, as net__read() and net__read_ws() do. */
typedef ssize_t library_reader(struct mosquitto* mosq, void* buffer, size_t count);

/* Returns true for a packet with a secret: a CONNECT, or one of a SOCKS or HTTP handshake, whose command is 0. */
static inline bool has_secret(uint8_t command) { return (command & 0xF0) == CMD_CONNECT || command == 0; }

/* Returns the position behind the properties of MQTT 5 that begin at `at`; 0 when the packet ends before. */
static inline uint64_t behind_properties(const struct mosquitto__packet_in* packet, uint64_t at) {
  uint64_t length = 0;
  for (unsigned shift = 0; shift < 28 && at < packet->remaining_length; shift += 7) {
    const uint8_t byte = packet->payload[at++];
    length |= (uint64_t)(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return at + length;
  }
  return 0;
}

#endif
