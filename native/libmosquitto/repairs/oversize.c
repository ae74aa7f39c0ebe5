/* Refuses to send packets that are larger than the broker's maximum packet size. The library measures a packet without
 * the first byte of its fixed header, the length of the properties' length, and half of a PUBLISH's message id. It does
 * not measure DISCONNECT at all. The broker must end the connection when such a packet reaches it (test:
 * mqtt5/packet-size). */
#include "config.h"

#include "internal.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "property_mosq.h"
#include "repairs.h"

extern __typeof__(packet__check_oversize) __wrap_packet__check_oversize;

static uint32_t varint_bytes(uint32_t value) { return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : 4; }

int __wrap_packet__check_oversize(struct mosquitto* mosq, uint32_t remaining_length) {
  if (mosq->maximum_packet_size == 0) return MOSQ_ERR_SUCCESS;
  const uint64_t size = 1 + varint_bytes(remaining_length) + (uint64_t)remaining_length;
  return size > mosq->maximum_packet_size ? MOSQ_ERR_OVERSIZE_PACKET : MOSQ_ERR_SUCCESS;
}

/* The addon asks before it calls the library. */
int repairs_is_oversize(struct mosquitto* mosq, uint64_t length, const void* properties) {
  if (mosq->protocol == mosq_p_mqtt5) {
    const uint32_t of_properties = mosquitto_property_get_length_all(properties);
    length += varint_bytes(of_properties) + of_properties;
  }
  return __wrap_packet__check_oversize(mosq, length > UINT32_MAX ? UINT32_MAX : (uint32_t)length) != MOSQ_ERR_SUCCESS;
}
