/* Declares the functions of repairs/ that its files call of one another; outgoing.h has those about sent messages. */
#ifndef LIBMOSQUITTO_INTERNAL_H
#define LIBMOSQUITTO_INTERNAL_H

#include "../library.h"

/* read_bound.c: reads by `read` unless this read is over, or too many answers are queued; both look like an empty
 * socket. */
ssize_t repairs_read(struct mosquitto* mosq, void* buffer, size_t count, library_reader* read);
/* Counts a packet of `length` bytes as handled. When no other may be handled in this read, puts aside what is left in
 * the read-ahead buffer. */
void repairs_stop_when_over(struct mosquitto* mosq, uint32_t length);

/* reserved_type.c. */
static inline bool is_reserved_type(uint8_t first_byte) { return (first_byte & 0xF0) == CMD_RESERVED; }
/* Returns MOSQ_ERR_MALFORMED_PACKET when the next packet in the read-ahead buffer is of that type. */
int repairs_check_next_type(struct mosquitto* mosq);
/* Returns the result of a read that has brought the first byte of such a packet. */
ssize_t repairs_refuse_type(struct mosquitto* mosq);

/* http.c: reads bytes of the response to the WebSocket request, and none that stand behind it. */
ssize_t repairs_read_response(struct mosquitto* mosq, char* buffer, size_t count, library_reader* read);

/* transport.c: a read or a write has just returned `length`. Tells the addon of a failure of TLS. */
void repairs_note_tls(struct mosquitto* mosq, long length);

/* answers.c: queues a packet, and counts it. */
int repairs_queue(struct mosquitto* mosq, struct mosquitto__packet* packet);
/* Takes the ownership of a PONG frame, and queues it when the one before has left. */
void repairs_pong(struct mosquitto* mosq, struct mosquitto__packet* pong);
void repairs_forget_pong(struct mosquitto* mosq);

/* messages.c: called for a CONNACK that has passed the library's checks. Stores whether the broker has the session, and
 * drops the unreleased messages of one that is gone. */
void repairs_note_session(struct mosquitto* mosq);

/* properties.c: frees the properties that were stored for the callback of the packet that was handled. */
void repairs_forget_properties(struct mosquitto* mosq);

#endif
