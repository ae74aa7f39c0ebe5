/* Bounds one read. mosquitto_loop_read() reads as many packets as messages are queued in either direction, however
 * large they are, and each of these reads goes on to the end of the read-ahead buffer. With 20,000 messages queued one
 * call lasted for more than a second, while the client was locked, and took hundreds of megabytes (test:
 * lifecycle/memory-bound, lifecycle/turns). Here one call ends, between two packets, when it has taken enough time or
 * has recorded enough events. The rest of the buffer stays there for the next call. */
#include "config.h"

#include <openssl/ssl.h>

#include "../hooks.h"
#include "../read_bound.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "repairs.h"

void repairs_begin_read(struct mosquitto* mosq, int leftovers) {
  struct read_bound* const bound = &state_of(mosq)->bound;
  *bound = (struct read_bound){.left = kUnits, .leftovers = leftovers};
}

/* Ends the library's loops without a fault: they look for more in the buffer, and in the socket unless errno is EAGAIN.
 */
void repairs_stop_when_over(struct mosquitto* mosq, uint32_t length) {
  if (!has_client(mosq)) return;
  struct read_bound* const bound = &state_of(mosq)->bound;
  spend(mosq, bound, kUnitsOfPacket, length);
  if (!bound->over) return;
  struct mosquitto__packet_in* const in = &mosq->in_packet;
  bound->position = in->packet_buffer_pos;
  bound->length = in->packet_buffer_to_process;
  in->packet_buffer_to_process = 0;
  set_error(EAGAIN);
}

static bool tls_has_more(const struct mosquitto* mosq) { return mosq->ssl != NULL && SSL_pending(mosq->ssl) > 0; }

/* Returns true when nothing more may be read from the socket. The bound is checked before each part of a packet that is
 * read in parts. */
static bool may_not_read(struct mosquitto* mosq) {
  struct read_bound* const bound = &state_of(mosq)->bound;
  if (bound->begun && !bound->over) check_bound(mosq, bound);
  bound->begun = 1;
  return bound->over || (bound->leftovers && !tls_has_more(mosq));
}

ssize_t repairs_read(struct mosquitto* mosq, void* buffer, size_t count, library_reader* read) {
  if (!has_client(mosq)) return read(mosq, buffer, count);
  struct handle_state* const state = state_of(mosq);
  /* The library's loops end when errno is EAGAIN. */
  if (engine_socket_is_empty(state) || repairs_queued_answers(mosq) != 0 || may_not_read(mosq)) {
    set_error(EAGAIN);
    return -1;
  }
  const bool ahead = buffer == mosq->in_packet.packet_buffer;
  const ssize_t length = engine_read(mosq, buffer, count, read);
  if (length > 0) state->heard = state->arrived = 1;
  if (!ahead || length <= 0 || mosq->in_packet.command != 0) return length;
  return is_reserved_type(*mosq->in_packet.packet_buffer) ? repairs_refuse_type(mosq) : length;
}

int repairs_end_read(struct mosquitto* mosq) {
  const struct read_bound* const bound = &state_of(mosq)->bound;
  if (!bound->over || !net__is_connected(mosq)) return 0;
  if (bound->length > 0) repairs_restore_input(mosq, bound->position, bound->length);
  return bound->length > 0 || tls_has_more(mosq);
}
