/* The library's own headers, as repairs*.c want them: under one name for its versions. */
#ifndef LIBMOSQUITTO_REPAIRS_LIBRARY_H
#define LIBMOSQUITTO_REPAIRS_LIBRARY_H

#include <errno.h>
#include <stdbool.h>

#include "mosquitto_internal.h"
#include "packet_mosq.h"

#include "property_common.h"

/* The library lets a handle that was given no user data point to itself: it has no client of ours behind it. */
static inline bool has_client(const struct mosquitto* mosq) { return mosq->userdata != mosq; }

/* To copy a payload that is not larger costs less than to go without. */
enum { kLargePayload = 8 * 1024 };

/* On Windows the library takes the errors of sockets for its own from another place than errno, and OpenSSL leaves none
 * behind. So that it sees one of ours, that is set too. */
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

/* Reads by `read`, more than is asked for where that is read ahead (read_ahead.c). */
typedef ssize_t repairs_reader(struct mosquitto* mosq, void* buffer, size_t count);
ssize_t repairs_read(struct mosquitto* mosq, void* buffer, size_t count, repairs_reader* read);

/* A packet was handled: when no other is to be, what is left in the buffer is put aside (read_bound.c). */
void repairs_stop_when_over(struct mosquitto* mosq, uint32_t length);
/* Whether the socket is not to be asked for more within this read. */
bool repairs_may_not_read(struct mosquitto* mosq);

/* The reserved packet type (repairs_type.c). */
static inline bool is_reserved_type(uint8_t first_byte) { return (first_byte & 0xF0) == CMD_RESERVED; }
/* MOSQ_ERR_MALFORMED_PACKET when the next packet in the read-ahead buffer is of that type. */
int repairs_check_next_type(struct mosquitto* mosq);
/* The result of a read that has brought the first byte of such a packet. */
ssize_t repairs_refuse_type(struct mosquitto* mosq);

/* Reads bytes of the response to the WebSocket request, and none that stand behind it (repairs_http.c). */
ssize_t repairs_read_response(struct mosquitto* mosq, char* buffer, size_t count, repairs_reader* read);

/* Answers to the peer (repairs_answers.c). */
extern __typeof__(packet__queue) __wrap_packet__queue;
/* Queues a PONG frame, or keeps it until the one that waits to be sent has left; takes it over. */
void repairs_pong(struct mosquitto* mosq, struct mosquitto__packet* pong);
/* Queues the PONG that was kept, if its time has come. */
void repairs_send_newest_pong(struct mosquitto* mosq);
void repairs_forget_pong(struct mosquitto* mosq);

/* The end of the properties of MQTT 5 that begin at `at`; 0 when the packet says nothing of the kind (in_place.c). */
uint64_t repairs_behind_properties(const struct mosquitto__packet_in* packet, uint64_t at);

/* The library's packet__queue(). What is queued is counted (repairs_answers.c). */
int repairs_queue(struct mosquitto* mosq, struct mosquitto__packet* packet);

/* handle__publish(), with a large payload left in the packet (in_place.c). */
int repairs_handle_in_place(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq));

/* The library's send__pubrec(), together with other acknowledgements (acknowledge.c). */
int repairs_send_pubrec(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code,
                        const mosquitto_property* properties);

/* Those of the packet that is being handled, which were kept for its callback. */
void repairs_forget_properties(void);

#endif
