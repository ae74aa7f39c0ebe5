/* Limits the messages of QoS 1 and 2 in flight to the number that the program and the broker both allow (test:
 * protocol/send-maximum). The library stores one number for the two. The receive maximum of CONNACK replaces a
 * smaller one of the program's. An option that is set later replaces that of CONNACK, without changing how many more
 * may leave. The library also counts each acknowledgement, even of an unknown message, and confirms a message that
 * was never sent. */
#include "config.h"

#include "internal.h"
#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "repairs.h"
#include "util_mosq.h"
#include "utlist.h"

extern __typeof__(message__delete) __real_message__delete, __wrap_message__delete;
extern __typeof__(util__increment_send_quota) __real_util__increment_send_quota, __wrap_util__increment_send_quota;

static uint16_t smaller(uint16_t a, uint16_t b) { return a < b ? a : b; }

static struct send_maximum* maximum_of(const struct mosquitto* mosq) { return &state_of(mosq)->send_maximum; }

/* The quota is negative while more messages are in flight than may be. */
void repairs_set_in_flight(struct mosquitto* mosq, int in_flight) {
  const int quota = mosq->msgs_out.inflight_maximum - in_flight;
  mosq->msgs_out.inflight_quota = quota;
}

uint32_t repairs_in_flight(const struct mosquitto* mosq) {
  return is_accepted(mosq) ? (uint32_t)(mosq->msgs_out.inflight_maximum - mosq->msgs_out.inflight_quota) : 0;
}

void repairs_reset_receive_maximum(struct mosquitto* mosq) { mosq->msgs_out.inflight_maximum = UINT16_MAX; }

void repairs_apply_receive_maximum(struct mosquitto* mosq) {
  struct send_maximum* const maximum = maximum_of(mosq);
  maximum->of_broker = mosq->msgs_out.inflight_maximum;
  mosq->msgs_out.inflight_maximum = smaller(maximum->of_program, maximum->of_broker);
}

void repairs_set_send_maximum(struct mosquitto* mosq, uint16_t maximum) {
  maximum_of(mosq)->of_program = maximum;
  /* Before that CONNACK sets the maximum. */
  if (!is_accepted(mosq)) return;
  mosq->msgs_out.inflight_maximum = smaller(maximum, maximum_of(mosq)->of_broker);
  int in_flight = 0;
  const struct mosquitto_message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) in_flight += message->state != mosq_ms_invalid;
  repairs_set_in_flight(mosq, in_flight);
  repairs_release_to_inflight(mosq);
}

/* The library calls this for each PUBACK, PUBCOMP and refusing PUBREC, whether or not there is such a message.
 * __wrap_message__delete() counts instead. */
void __wrap_util__increment_send_quota(struct mosquitto* mosq) {
  if (!has_client(mosq)) __real_util__increment_send_quota(mosq);
}

int __wrap_message__delete(struct mosquitto* mosq, uint16_t mid, enum mosquitto_msg_direction dir, int qos) {
  if (dir != mosq_md_out || !has_client(mosq)) return __real_message__delete(mosq, mid, dir, qos);
  struct mosquitto_message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) {
    if (message->msg.mid == mid) break;
  }
  if (message == NULL || !was_sent(message)) return MOSQ_ERR_NOT_FOUND;
  if (message->msg.qos != qos) return MOSQ_ERR_PROTOCOL;
  if (message->state != mosq_ms_invalid) __real_util__increment_send_quota(mosq);
  DL_DELETE(mosq->msgs_out.inflight, message);
  mosq->msgs_out.queue_len--;
  message__cleanup(&message);
  return MOSQ_ERR_SUCCESS;
}
