/* Refuses SUBACK and UNSUBACK with more codes than filters were sent. The library takes four bytes of memory for
 * each code, whatever it has asked for: a SUBACK of 120 MB took 1.8 GB on its way to JavaScript. Such a packet is a
 * protocol error here (test: protocol/too-many-codes). */
#include "config.h"

#include "internal.h"
#include "mosquitto_internal.h"
#include "read_handle.h"
#include "repairs.h"

extern __typeof__(handle__suback) __real_handle__suback, __wrap_handle__suback;
extern __typeof__(handle__unsuback) __real_handle__unsuback, __wrap_handle__unsuback;

enum { kMid = 2 /* bytes of a message id */ };

/* Returns false for a packet that is too short, or malformed: the library refuses it. */
static bool has_too_many_codes(const struct mosquitto* mosq, int command) {
  const struct mosquitto__packet_in* const in = &mosq->in_packet;
  if (!has_client(mosq) || in->remaining_length < kMid) return false;
  const uint64_t at = mosq->protocol == mosq_p_mqtt5 ? behind_properties(in, kMid) : kMid;
  if (at == 0 || at >= in->remaining_length) return false;
  const uint16_t mid = (uint16_t)(in->payload[0] << 8 | in->payload[1]);
  return in->remaining_length - at > addon_filter_count(mosq->userdata, command, mid);
}

int __wrap_handle__suback(struct mosquitto* mosq) {
  return has_too_many_codes(mosq, CMD_SUBSCRIBE) ? MOSQ_ERR_PROTOCOL : __real_handle__suback(mosq);
}

/* UNSUBACK has no codes below MQTT 5, and the library does not read any. */
int __wrap_handle__unsuback(struct mosquitto* mosq) {
  const bool too_many = mosq->protocol == mosq_p_mqtt5 && has_too_many_codes(mosq, CMD_UNSUBSCRIBE);
  return too_many ? MOSQ_ERR_PROTOCOL : __real_handle__unsuback(mosq);
}
