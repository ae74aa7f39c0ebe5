/* The functions of engine/ that repairs/ calls. A build without the engine (LIBMOSQUITTO_PLAIN) has the second half of
 * this file instead: each hook then does what the library does. The choice is made at compile time: with the engine a
 * hook is a direct call, without it is nothing. */
#ifndef LIBMOSQUITTO_HOOKS_H
#define LIBMOSQUITTO_HOOKS_H

#include "library.h"

#ifndef LIBMOSQUITTO_PLAIN

/* Before each connection: forgets what the engine knew of the last. */
static inline void engine_prepare_connection(const struct mosquitto* mosq) {
  state_of(mosq)->write_error = 0;
  state_of(mosq)->read_ahead.emptied = 0;
}

/* Returns true when the last read has shown that the socket has no more: another read would only say EAGAIN. */
static inline bool engine_socket_is_empty(const struct handle_state* state) { return state->read_ahead.emptied != 0; }
/* Reads by `read`; into the read-ahead buffer more than is asked for, and perhaps into a new buffer. */
ssize_t engine_read(struct mosquitto* mosq, void* buffer, size_t count, library_reader* read);

/* Has `handle` handle the packets that follow the one that was handled in the read-ahead buffer. Returns the first
 * result that is not MOSQ_ERR_SUCCESS. */
int engine_handle_buffered(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq));
/* Delivers the message of QoS 0 that was read, and those that follow it in the buffer. Returns false, having changed
 * nothing, when the library must handle the packet. */
bool engine_deliver(struct mosquitto* mosq);
/* Handles a PUBLISH by `handle`, the library's, which is not shown a large payload. */
int engine_handle_publish(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq));
/* Returns true when no message of QoS 2 with this mid can be in the list of incoming messages. The caller adds one. */
bool engine_is_new_mid(struct mosquitto* mosq, uint16_t mid);
/* Queues PUBREC together with other acknowledgements. Returns false when the library must send it. */
bool engine_send_pubrec(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code, const mosquitto_property* properties,
                        int* rc);

/* Queues a packet by `queue`, the library's packet__queue(), and may write it first. */
int engine_queue(struct mosquitto* mosq, struct mosquitto__packet* packet,
                 int (*queue)(struct mosquitto* mosq, struct mosquitto__packet* packet));
/* Gives a packet that is not queued now its payload, which engine_queue() would have written from the caller's memory.
 */
void engine_complete(struct mosquitto__packet* packet);
/* Writes what is queued together, then calls `write`, the library's packet__write(). */
int engine_write(struct mosquitto* mosq, int (*write)(struct mosquitto* mosq));
/* Returns, once, the errno of a write that the engine has made; 0 for none. */
static inline int engine_take_write_error(const struct mosquitto* mosq) {
  if (!has_client(mosq)) return 0;
  int* const error = &state_of(mosq)->write_error;
  const int taken = *error;
  *error = 0;
  return taken;
}

#else

static inline void engine_prepare_connection(const struct mosquitto* mosq) { (void)mosq; }

static inline bool engine_socket_is_empty(const struct handle_state* state) {
  (void)state;
  return false;
}
static inline ssize_t engine_read(struct mosquitto* mosq, void* buffer, size_t count, library_reader* read) {
  return read(mosq, buffer, count);
}

static inline int engine_handle_buffered(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq)) {
  (void)mosq, (void)handle;
  return MOSQ_ERR_SUCCESS;
}
static inline bool engine_deliver(struct mosquitto* mosq) {
  (void)mosq;
  return false;
}
static inline int engine_handle_publish(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq)) {
  return handle(mosq);
}
static inline bool engine_is_new_mid(struct mosquitto* mosq, uint16_t mid) {
  (void)mosq, (void)mid;
  return false;
}
static inline bool engine_send_pubrec(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code,
                                      const mosquitto_property* properties, int* rc) {
  (void)mosq, (void)mid, (void)reason_code, (void)properties, (void)rc;
  return false;
}

static inline int engine_queue(struct mosquitto* mosq, struct mosquitto__packet* packet,
                               int (*queue)(struct mosquitto* mosq, struct mosquitto__packet* packet)) {
  return queue(mosq, packet);
}
static inline void engine_complete(struct mosquitto__packet* packet) { (void)packet; }
static inline int engine_write(struct mosquitto* mosq, int (*write)(struct mosquitto* mosq)) { return write(mosq); }
static inline int engine_take_write_error(const struct mosquitto* mosq) {
  (void)mosq;
  return 0;
}

#endif

#endif
