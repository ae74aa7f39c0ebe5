/* libmosquitto copies a message's payload out of its packet, into memory that it has set to 0
 * before, for a callback that copies it once more. A large one is left where it is: to the
 * library the packet ends in front of it, and the callback is told where it stands. */
#include "config.h"

#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "repairs_library.h"

uint64_t repairs_behind_properties(const incoming_packet* packet, uint64_t at) {
  uint64_t length = 0;
  for (unsigned shift = 0; shift < 28 && at < packet->remaining_length; shift += 7) {
    const uint8_t byte = packet->payload[at++];
    length |= (uint64_t)(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return at + length;
  }
  return 0;
}

static uint64_t payload_position(const struct mosquitto* mosq, const incoming_packet* packet) {
  if (packet->remaining_length < 2) return 0;
  uint64_t at = 2 + ((uint64_t)packet->payload[0] << 8 | packet->payload[1]);
  if ((packet->command & 0x06) != 0) at += 2;
  return mosq->protocol == mosq_p_mqtt5 ? repairs_behind_properties(packet, at) : at;
}

int repairs_handle_in_place(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq)) {
  incoming_packet* const packet = &mosq->in_packet;
  const uint32_t length = packet->remaining_length;
  /* QoS 2 is kept until its release, and the log tells of the payload. */
  const bool kept = (packet->command & 0x04) != 0 || mosq->on_log != NULL || !has_client(mosq);
  const uint64_t position = kept || length <= kLargePayload ? 0 : payload_position(mosq, packet);
  if (position == 0 || position + kLargePayload >= length) return handle(mosq);
  struct payload_in_place* const payload = &repairs_kept(mosq->userdata)->payload;
  payload->bytes = packet->payload + position;
  payload->length = length - (uint32_t)position;
  packet->remaining_length = (uint32_t)position;
  const int rc = handle(mosq);
  packet->remaining_length = length;
  payload->bytes = NULL;
  payload->length = 0;
  return rc;
}
