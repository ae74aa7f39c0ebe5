/* Declares the functions about sent packets and messages that the files of repairs/ call of one another. */
#ifndef LIBMOSQUITTO_OUTGOING_H
#define LIBMOSQUITTO_OUTGOING_H

#include <stdbool.h>

#include "mosquitto_internal.h"

/* Returns true when the broker has accepted this connection, and disconnect() has not been called. */
static inline bool is_accepted(const struct mosquitto* mosq) { return mosq->state == mosq_cs_active; }

/* Returns true when PUBREL was sent, or is about to be: the broker has the message. */
static inline bool is_released(const struct mosquitto_message_all* message) {
  return message->state == mosq_ms_wait_for_pubcomp;
}

/* Returns true when PUBLISH was sent, in this connection or in one before. */
static inline bool was_sent(const struct mosquitto_message_all* message) {
  return message->state != mosq_ms_invalid || message->dup;
}

/* in_flight.c: sends a queued message, or discards it when the broker does not take such a message. Without memory
 * for the packet the connection ends, since nothing might resume the queued messages later; the next connection sends
 * them. */
int repairs_send_message(struct mosquitto* mosq, struct mosquitto_message_all* message);
/* Sends as many of the queued messages as may be in flight. */
int repairs_release_to_inflight(struct mosquitto* mosq);

/* send_maximum.c: sets the quota for this number of messages in flight. */
void repairs_set_in_flight(struct mosquitto* mosq, int in_flight);
/* To be called before and after the library reads the receive maximum of CONNACK. */
void repairs_reset_receive_maximum(struct mosquitto* mosq);
void repairs_apply_receive_maximum(struct mosquitto* mosq);

/* before_connack.c: PUBLISH, SUBSCRIBE and UNSUBSCRIBE packets are parked until the broker has accepted the connection.
 * Queues those that were parked when at most `position` messages of QoS 1 and 2 were in the list. */
void repairs_queue_parked(struct mosquitto* mosq, int position);
void repairs_drop_parked(struct mosquitto* mosq);

/* message_ids.c stores the ids of unanswered SUBSCRIBE and UNSUBSCRIBE packets. Such a packet is queued: */
void repairs_note_request(struct mosquitto* mosq, const struct mosquitto__packet* packet);
/* SUBACK or UNSUBACK is about to be handled: */
void repairs_note_answer(struct mosquitto* mosq);
/* No answer will come to the packet of this id: */
void repairs_forget_request(struct mosquitto* mosq, uint16_t id);
/* No answer will come any more: */
void repairs_forget_requests(struct mosquitto* mosq);
/* Returns the message id of a SUBSCRIBE or UNSUBSCRIBE packet. */
uint16_t repairs_request_id(const struct mosquitto__packet* packet);

#endif
