/* Incoming messages, and CONNACK. Faults of the library:
 * - It appends a message of QoS 2 whose mid is already in its list. After a reconnection the PUBREL of a later
 *   message of that mid delivers the old message, and the new one is lost (test: lifecycle/connection-faults).
 * - It counts each PUBREL as room for another message, also one of an unknown mid, and counts nothing below MQTT 5.
 *   A peer that releases nothing takes the memory (protocol/unreleased).
 * - It never drops unreleased messages of a session that the broker has lost, which take from the receive maximum for
 *   ever (protocol/unreleased).
 * - It confirms a message of QoS 2 before it is delivered: without memory the message is lost (lifecycle/no-memory).
 * - It takes the broker's limit of topic aliases for the client's own (protocol/limits, mqtt5/topic-alias).
 * - It counts a keepalive that CONNACK shortens from the next packet that it sends: a client that only receives is
 *   closed by the broker (mqtt5/server-keepalive). */
#include "config.h"

#include <string.h>

#include "../hooks.h"
#include "internal.h"
#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "property_mosq.h"
#include "read_handle.h"
#include "repairs.h"
#include "send_mosq.h"
#include "util_mosq.h"

extern __typeof__(send__pubrec) __real_send__pubrec, __wrap_send__pubrec;
extern __typeof__(handle__publish) __real_handle__publish, __wrap_handle__publish;
extern __typeof__(handle__connack) __real_handle__connack, __wrap_handle__connack;
extern __typeof__(handle__pubrel) __real_handle__pubrel, __wrap_handle__pubrel;
extern __typeof__(message__delete) __real_message__delete;

/* Called for each message of QoS 2 that arrives, just before the library appends it to the list in which PUBREL finds
 * it by its mid. An older message of that mid was sent twice, or belongs to a session that is gone: it is removed. */
int __wrap_send__pubrec(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code,
                        const mosquitto_property* properties) {
  if (!engine_is_new_mid(mosq, mid) && __real_message__delete(mosq, mid, mosq_md_in, 2) == MOSQ_ERR_SUCCESS) {
    util__increment_receive_quota(mosq);
  }
  int rc = MOSQ_ERR_SUCCESS;
  if (engine_send_pubrec(mosq, mid, reason_code, properties, &rc)) return rc;
  return __real_send__pubrec(mosq, mid, reason_code, properties);
}

/* Returns the bytes that a message of QoS 2 takes until its PUBREL. */
static uint64_t size_of(const struct mosquitto_message_all* message) {
  uint64_t size = sizeof *message + strlen(message->msg.topic) + (uint32_t)message->msg.payloadlen;
  for (const mosquitto_property* p = message->properties; p != NULL; p = mosquitto_property_next(p)) size += sizeof *p;
  return size + mosquitto_property_get_length_all(message->properties);
}

static uint64_t size_of_all_but(const struct mosquitto* mosq, uint16_t mid) {
  uint64_t size = 0;
  for (const struct mosquitto_message_all* m = mosq->msgs_in.inflight; m != NULL; m = m->next) {
    if (m->msg.mid != mid) size += size_of(m);
  }
  return size;
}

static int is_unreleased(const struct mosquitto* mosq, uint16_t mid) {
  for (const struct mosquitto_message_all* m = mosq->msgs_in.inflight; m != NULL; m = m->next) {
    if (m->msg.mid == mid) return 1;
  }
  return 0;
}

/* Returns the mid of a PUBLISH; 0 for QoS 0, and for a packet that is cut short. */
static uint16_t mid_of(const struct mosquitto__packet_in* packet) {
  if ((packet->command & 0x06) == 0 || packet->remaining_length < 2) return 0;
  const uint32_t at = 2 + ((uint32_t)packet->payload[0] << 8 | packet->payload[1]);
  if (packet->remaining_length < at + 2) return 0;
  return (uint16_t)(packet->payload[at] << 8 | packet->payload[at + 1]);
}

/* Returns true when the program has asked for a receive maximum, by the option or in this CONNECT. */
static bool has_own_maximum(const struct mosquitto* mosq) {
  uint16_t asked = 0;
  return state_of(mosq)->receive_maximum_set != 0 ||
         mosquitto_property_read_int16(mosq->connect_properties, MQTT_PROP_RECEIVE_MAXIMUM, &asked, false) != NULL;
}

/* The library's quota is wrong after a PUBREL of an unknown mid, and after a message that comes again. The quota is
 * therefore set from the number of messages in the list.
 *
 * Mosquitto 2.0 sends more than the receive maximum when it empties the queue of a persistent session. A refusal would
 * only make it begin again in the next connection. The program has not asked for the maximum of 20 that libmosquitto
 * announces by itself, so that memory_is_full() is the only bound then. */
static int count_is_full(struct mosquitto* mosq, uint16_t mid) {
  const int maximum = mosq->msgs_in.inflight_maximum;
  const int count = mosq->msgs_in.queue_len;
  if (count >= maximum && has_own_maximum(mosq) && !is_unreleased(mosq, mid)) return 1;
  mosq->msgs_in.inflight_quota = (uint16_t)(count < maximum ? maximum - count : 1);
  return 0;
}

/* `bytes` grows with each message that arrives, and does not shrink with those that are released. The list is measured
 * anew when it seems to be too large. */
static int memory_is_full(struct mosquitto* mosq, uint64_t* bytes, uint16_t mid) {
  const uint64_t most = addon_unreleased_limit(mosq->userdata, mosq->msgs_in.inflight_maximum);
  const uint32_t length = mosq->in_packet.remaining_length;
  if (most == 0 || *bytes + length <= most) return 0;
  *bytes = size_of_all_but(mosq, mid);
  return *bytes + length > most;
}

static int handle_publish(struct mosquitto* mosq) { return engine_handle_publish(mosq, __real_handle__publish); }

int __wrap_handle__publish(struct mosquitto* mosq) {
  if (engine_deliver(mosq)) return MOSQ_ERR_SUCCESS;
  const uint16_t mid = mid_of(&mosq->in_packet);
  if (mid == 0 || mosq->state != mosq_cs_active || !has_client(mosq)) return handle_publish(mosq);
  if (mosq->protocol == mosq_p_mqtt5 && count_is_full(mosq, mid)) return MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED;
  if ((mosq->in_packet.command & 0x04) == 0) return handle_publish(mosq);
  uint64_t* const bytes = &state_of(mosq)->unreleased_bytes;
  if (memory_is_full(mosq, bytes, mid)) return MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED;
  const int rc = handle_publish(mosq);
  if (rc == MOSQ_ERR_SUCCESS) *bytes += size_of(mosq->msgs_in.inflight->prev);
  return rc;
}

/* The library sends PUBCOMP and forgets the message before it delivers it. Memory for its event is therefore allocated
 * first. When there is none the connection ends, and the broker releases the message again in the next one. */
int __wrap_handle__pubrel(struct mosquitto* mosq) {
  const struct mosquitto__packet_in* const packet = &mosq->in_packet;
  if (!has_client(mosq) || packet->remaining_length < 2) return __real_handle__pubrel(mosq);
  const int mid = packet->payload[0] << 8 | packet->payload[1];
  for (const struct mosquitto_message_all* m = mosq->msgs_in.inflight; m != NULL; m = m->next) {
    if (m->msg.mid != mid) continue;
    const uint64_t bytes = strlen(m->msg.topic) + (uint32_t)m->msg.payloadlen;
    if (!addon_reserve(mosq->userdata, bytes, mosquitto_property_get_length_all(m->properties))) return MOSQ_ERR_NOMEM;
    break;
  }
  return __real_handle__pubrel(mosq);
}

/* Returns true when the broker has the session. CONNACK of MQTT 3.1 does not tell. */
static bool is_present(const struct mosquitto* mosq, const struct mosquitto__packet_in* connack) {
  if (mosq->protocol == mosq_p_mqtt31) return !mosq->clean_start;
  return (connack->payload[0] & 1) != 0;
}

void repairs_note_session(struct mosquitto* mosq) {
  const struct mosquitto__packet_in* const connack = &mosq->in_packet;
  const bool present = is_present(mosq, connack);
  const bool accepted = connack->payload[1] == 0;
  state_of(mosq)->session_present = present;
  if (present || !accepted || mosq->protocol == mosq_p_mqtt31) return;
  /* No PUBREL comes for the messages of a session that is gone. */
  while (mosq->msgs_in.inflight != NULL) {
    const struct mosquitto_message* const first = &mosq->msgs_in.inflight->msg;
    __real_message__delete(mosq, (uint16_t)first->mid, mosq_md_in, first->qos);
  }
}

/* The keepalive that CONNACK has shortened counts from now on. */
static void begin_keepalive(struct mosquitto* mosq) {
  const time_t due = mosquitto_time() + mosq->keepalive;
  if (mosq->keepalive != 0 && due < mosq->next_msg_out) mosq->next_msg_out = due;
}

/* The library applies the topic alias maximum of CONNACK to the messages that it receives. That maximum is the
 * broker's; the limit is the one that this client announced in CONNECT. */
static void restore_alias_maximum(struct mosquitto* mosq) {
  uint16_t announced = 0;
  mosquitto_property_read_int16(mosq->connect_properties, MQTT_PROP_TOPIC_ALIAS_MAXIMUM, &announced, false);
  mosq->alias_max_l2r = announced;
}

int __wrap_handle__connack(struct mosquitto* mosq) {
  const bool expected = mosq->state == mosq_cs_new || mosq->state == mosq_cs_connected;
  if (has_client(mosq) && expected) repairs_reset_receive_maximum(mosq);
  const int rc = __real_handle__connack(mosq);
  restore_alias_maximum(mosq);
  begin_keepalive(mosq);
  return rc;
}
