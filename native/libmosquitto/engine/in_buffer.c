/* Handles packets that are complete in the read-ahead buffer without copying them. For each packet the library
 * allocates memory, copies the packet into it, and frees the memory: for an acknowledgement that costs more than the
 * rest. The library reads all other packets. */
#include "config.h"

#include "../hooks.h"
#include "in_buffer.h"

static bool is_of_message(uint8_t command) {
  const uint8_t type = command & 0xF0;
  return type == CMD_PUBLISH || type == CMD_PUBACK || type == CMD_PUBREC || type == CMD_PUBREL || type == CMD_PUBCOMP;
}

/* Makes the next packet of the buffer the one that the library handles. Returns false when the library must read it. */
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
  uint8_t* const own = mosq->in_packet.payload; /* allocated by the library, which frees it */
  int rc = MOSQ_ERR_SUCCESS;
  while (rc == MOSQ_ERR_SUCCESS && !bound->over && show_next(mosq)) {
    const uint32_t length = mosq->in_packet.remaining_length;
    rc = handle(mosq);
    spend(mosq, bound, kUnitsOfPacket, length);
  }
  mosq->in_packet.payload = own;
  return rc;
}
