/* libmosquitto takes memory for each packet that it reads, copies it there out of the buffer
 * in which it reads ahead, and gives the memory back: more than it does for an acknowledgement
 * otherwise. Messages and acknowledgements that stand in that buffer as a whole are handled
 * there; all other packets are the library's to read. */
#include "config.h"

#include "../hooks.h"
#include "in_buffer.h"

static bool is_of_message(uint8_t command) {
  const uint8_t type = command & 0xF0;
  return type == CMD_PUBLISH || type == CMD_PUBACK || type == CMD_PUBREC || type == CMD_PUBREL || type == CMD_PUBCOMP;
}

/* Puts the next packet where the library has the one that it handles. */
static bool show_next(struct mosquitto* mosq) {
  struct mosquitto__packet_in* const in = &mosq->in_packet;
  struct buffered_packet next;
  if (!next_in_buffer(in, &next) || !is_of_message(next.command)) return false;
  take_from_buffer(in, &next);
  in->command = next.command;
  in->payload = next.body;
  in->remaining_length = next.length;
  in->remaining_count = (int8_t)(next.header_length - 1);
  in->pos = 0;
  return true;
}

int engine_handle_buffered(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq)) {
  if (!has_client(mosq) || mosq->state != mosq_cs_active) return MOSQ_ERR_SUCCESS;
  struct read_bound* const bound = &state_of(mosq)->bound;
  uint8_t* const own = mosq->in_packet.payload; /* the library's to free */
  int rc = MOSQ_ERR_SUCCESS;
  while (rc == MOSQ_ERR_SUCCESS && !bound->over && show_next(mosq)) {
    const uint32_t length = mosq->in_packet.remaining_length;
    rc = handle(mosq);
    spend(mosq, bound, kUnitsOfPacket, length);
  }
  mosq->in_packet.payload = own;
  return rc;
}
