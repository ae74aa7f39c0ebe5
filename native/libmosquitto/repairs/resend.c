/* Resends messages of QoS 1 and 2 after a reconnection (test: protocol/resend). The library assumes that as many
 * messages were sent as the in-flight maximum allows, and that the others were not. A message of QoS 2 that was sent,
 * or released, is then delivered twice when the maximum has become smaller. The library also sets DUP in a message that
 * was never sent, and in a session that the broker does not have.
 *
 * Here each message records how far it has come. The list has, in this order: the messages that were released (PUBREL
 * was sent, or is due), in the order of their PUBRECs; those that were sent; those that were not. When the broker
 * accepts a connection and has the session, MQTT 3.1.1 and 5 (4.4, 4.6) demand PUBREL for the first and PUBLISH with
 * DUP for the second, both in this order. The rest follows, as many at a time as may be in flight.
 *
 * If the broker does not have the session, MQTT 5 (3.2.2.1.1) has the client discard its own. That would lose messages
 * that publish() has taken. A message that was sent and not acknowledged is therefore published as new, without DUP. A
 * message whose PUBREC has come is not published again: the broker has taken it over (4.3.3), and would deliver it
 * twice. PUBREL alone is sent again. The broker answers with PUBCOMP, in MQTT 5 with reason 0x92, which on_publish
 * tells. */
#include "config.h"

#include <limits.h>

#include "internal.h"
#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "secrets.h"
#include "send_mosq.h"
#include "utlist.h"

extern __typeof__(message__reconnect_reset) __real_message__reconnect_reset, __wrap_message__reconnect_reset;
extern __typeof__(message__retry_check) __real_message__retry_check, __wrap_message__retry_check;
extern __typeof__(message__out_update) __real_message__out_update, __wrap_message__out_update;
extern __typeof__(packet__cleanup_all) __real_packet__cleanup_all, __wrap_packet__cleanup_all;

typedef struct mosquitto_message_all message_all;

/* Messages of QoS 2 that were not released stand in the list of those that arrived, and no others. They count against
 * the receive maximum. */
static void reset_incoming(struct mosquitto* mosq) {
  int count = 0;
  const message_all* message;
  DL_FOREACH(mosq->msgs_in.inflight, message) count++;
  const int maximum = mosq->msgs_in.inflight_maximum;
  mosq->msgs_in.queue_len = count;
  mosq->msgs_in.inflight_quota = count < maximum ? maximum - count : 0;
}

/* Called before each connection, and, with `update_quota_only`, for a CONNACK in which the library has found no fault.
 * Released messages alone count against the maximum, since all others are sent anew. They may be more than the maximum.
 */
void __wrap_message__reconnect_reset(struct mosquitto* mosq, bool update_quota_only) {
  if (!has_client(mosq)) {
    __real_message__reconnect_reset(mosq, update_quota_only);
    return;
  }
  if (update_quota_only) {
    repairs_note_session(mosq);
    repairs_apply_receive_maximum(mosq);
  }
  reset_incoming(mosq);
  int released = 0;
  mosq->msgs_out.queue_len = 0;
  const message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) {
    mosq->msgs_out.queue_len++;
    if (is_released(message)) released++;
  }
  repairs_set_in_flight(mosq, released);
}

/* Marks a message that was not released as one to send, with DUP or without. */
static void make_due(message_all* message, bool session_present) {
  if (is_released(message)) return;
  message->dup = session_present && was_sent(message);
  message->state = mosq_ms_invalid;
}

/* The broker has accepted the connection. Packets that were parked follow the messages that were published before them.
 */
void __wrap_message__retry_check(struct mosquitto* mosq) {
  if (!has_client(mosq)) {
    __real_message__retry_check(mosq);
    return;
  }
  const bool session_present = state_of(mosq)->session_present != 0;
  message_all* message;
  message_all* next;
  DL_FOREACH(mosq->msgs_out.inflight, message) make_due(message, session_present);
  int position = 0;
  bool sends = true;
  DL_FOREACH_SAFE(mosq->msgs_out.inflight, message, next) {
    repairs_queue_parked(mosq, position++);
    if (is_released(message)) {
      const int rc = send__pubrel(mosq, (uint16_t)message->msg.mid, NULL);
      if (rc == MOSQ_ERR_NOMEM) addon_end_without_memory(mosq->userdata);
    } else if (sends) {
      sends = mosq->msgs_out.inflight_quota > 0 && repairs_send_message(mosq, message) == MOSQ_ERR_SUCCESS;
    }
  }
  repairs_queue_parked(mosq, INT_MAX);
}

/* Moves `message`, whose PUBREC has come, behind `released`, the last message that was released before it. */
static void move_behind(struct mosquitto* mosq, message_all* message, message_all* released) {
  if (message == mosq->msgs_out.inflight || message->prev == released) return;
  DL_DELETE(mosq->msgs_out.inflight, message);
  if (released == NULL) {
    DL_PREPEND(mosq->msgs_out.inflight, message);
  } else {
    DL_APPEND_ELEM(mosq->msgs_out.inflight, released, message);
  }
}

int __wrap_message__out_update(struct mosquitto* mosq, uint16_t mid, enum mosquitto_msg_state state, int qos) {
  if (state != mosq_ms_wait_for_pubcomp) return __real_message__out_update(mosq, mid, state, qos);
  message_all* released = NULL;
  message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) {
    if (message->msg.mid == mid) break;
    if (is_released(message)) released = message;
  }
  /* A PUBREC of a message that was not sent belongs to another message, of an earlier session. */
  if (message == NULL || !was_sent(message)) return MOSQ_ERR_NOT_FOUND;
  if (message->msg.qos != qos) return MOSQ_ERR_PROTOCOL;
  if (is_released(message)) return MOSQ_ERR_SUCCESS;
  if (message->state == mosq_ms_invalid) mosq->msgs_out.inflight_quota--;
  message->state = state;
  move_behind(mosq, message, released);
  return MOSQ_ERR_SUCCESS;
}

/* Returns true for a PUBLISH of QoS 1 or 2 without DUP of which no byte is written. */
static bool is_unwritten(const struct mosquitto__packet* packet) {
  const bool first = (packet->command & 0xF8) == CMD_PUBLISH && (packet->command & 0x06) != 0;
  return first && packet->packet_length > WS_PACKET_OFFSET &&
         packet->to_process >= packet->packet_length - WS_PACKET_OFFSET;
}

/* Looks for a message between `from` and `end`. Packets stand in the queue in the order of their messages. */
static message_all* find_from(message_all* from, const message_all* end, int mid) {
  while (from != end && from != NULL && from->msg.mid != mid) from = from->next;
  return from == end ? NULL : from;
}

/* The queue is about to be dropped: a message whose packet is not written was not sent. */
static void take_back_unwritten(struct mosquitto* mosq) {
  message_all* at = mosq->msgs_out.inflight;
  for (const struct mosquitto__packet* packet = mosq->out_packet; packet != NULL; packet = packet->next) {
    if (!is_unwritten(packet)) continue;
    message_all* message = find_from(at, NULL, packet->mid);
    if (message == NULL) message = find_from(mosq->msgs_out.inflight, at, packet->mid);
    if (message == NULL) continue;
    if (!is_released(message)) message->state = mosq_ms_invalid;
    at = message->next;
  }
}

/* Removes the packets of the last connection: before the next one, and when a connection ends early. */
void __wrap_packet__cleanup_all(struct mosquitto* mosq) {
  if (has_client(mosq)) {
    take_back_unwritten(mosq);
    repairs_drop_parked(mosq);
    repairs_forget_requests(mosq);
  }
  secrets_forget_queued(mosq);
  __real_packet__cleanup_all(mosq);
}
