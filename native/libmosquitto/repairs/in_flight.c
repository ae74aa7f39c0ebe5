/* Decides when a message of QoS 1 or 2 is sent. One list has first the messages that are in flight, then those that
 * are queued. The library sends the first of them as soon as there is a socket. It marks a message as sent that it
 * could not send, and never drops one that the broker can never take. Without memory for a packet its message is
 * stuck, and all behind it (test: protocol/resend, protocol/before-connack, lifecycle/no-memory). Here nothing is
 * sent before the broker has accepted the connection, and a message that was not sent stays queued. The last message
 * of the list tells whether any is queued. */
#include "config.h"

#include "callbacks.h"
#include "internal.h"
#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "outgoing.h"
#include "repairs.h"
#include "send_mosq.h"
#include "utlist.h"

extern __typeof__(message__queue) __real_message__queue, __wrap_message__queue;
extern __typeof__(message__release_to_inflight) __real_message__release_to_inflight,
    __wrap_message__release_to_inflight;

static bool none_queued(const struct mosquitto* mosq) {
  const struct mosquitto_message_all* const first = mosq->msgs_out.inflight;
  return first == NULL || first->prev->state != mosq_ms_invalid;
}

static bool may_send(struct mosquitto* mosq) {
  return is_accepted(mosq) && mosq->msgs_out.inflight_quota > 0 && net__is_connected(mosq);
}

static int transmit(struct mosquitto* mosq, struct mosquitto_message_all* message) {
  const struct mosquitto_message* const msg = &message->msg;
  message->state = msg->qos == 1 ? mosq_ms_wait_for_puback : mosq_ms_wait_for_pubrec;
  const int rc = send__publish(mosq, (uint16_t)msg->mid, msg->topic, (uint32_t)msg->payloadlen, msg->payload,
                               (uint8_t)msg->qos, msg->retain, message->dup, 0, message->properties, 0);
  if (rc == MOSQ_ERR_SUCCESS) {
    mosq->msgs_out.inflight_quota--;
  } else {
    message->state = mosq_ms_invalid;
  }
  return rc;
}

/* The broker can never take this message. The message completes with the reason. */
static void discard(struct mosquitto* mosq, struct mosquitto_message_all* message, int reason) {
  DL_DELETE(mosq->msgs_out.inflight, message);
  mosq->msgs_out.queue_len--;
  callback__on_publish(mosq, message->msg.mid, reason, NULL);
  message__cleanup(&message);
}

int repairs_send_message(struct mosquitto* mosq, struct mosquitto_message_all* message) {
  if (message->msg.qos > mosq->max_qos) {
    discard(mosq, message, MQTT_RC_QOS_NOT_SUPPORTED);
    return MOSQ_ERR_SUCCESS;
  }
  const int rc = transmit(mosq, message);
  if (rc == MOSQ_ERR_NOMEM) addon_end_without_memory(mosq->userdata);
  if (rc != MOSQ_ERR_OVERSIZE_PACKET) return rc;
  discard(mosq, message, MQTT_RC_PACKET_TOO_LARGE);
  return MOSQ_ERR_SUCCESS;
}

int repairs_release_to_inflight(struct mosquitto* mosq) {
  if (none_queued(mosq) || !may_send(mosq)) return MOSQ_ERR_SUCCESS;
  struct mosquitto_message_all* message;
  struct mosquitto_message_all* next;
  DL_FOREACH_SAFE(mosq->msgs_out.inflight, message, next) {
    if (message->state != mosq_ms_invalid) continue;
    if (mosq->msgs_out.inflight_quota <= 0) break;
    const int rc = repairs_send_message(mosq, message);
    if (rc != MOSQ_ERR_SUCCESS) return rc;
  }
  return MOSQ_ERR_SUCCESS;
}

/* Called after each acknowledgement. */
int __wrap_message__release_to_inflight(struct mosquitto* mosq, enum mosquitto_msg_direction dir) {
  if (dir != mosq_md_out || !has_client(mosq)) return __real_message__release_to_inflight(mosq, dir);
  return repairs_release_to_inflight(mosq);
}

int __wrap_message__queue(struct mosquitto* mosq, struct mosquitto_message_all* message,
                          enum mosquitto_msg_direction dir) {
  if (dir != mosq_md_out || !has_client(mosq)) return __real_message__queue(mosq, message, dir);
  if (may_send(mosq) && none_queued(mosq)) {
    const int rc = transmit(mosq, message);
    if (rc != MOSQ_ERR_SUCCESS) {
      message__cleanup(&message);
      return rc;
    }
  }
  DL_APPEND(mosq->msgs_out.inflight, message);
  mosq->msgs_out.queue_len++;
  return net__is_connected(mosq) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NO_CONN;
}
