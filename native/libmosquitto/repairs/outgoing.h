/* The packets and messages that this client sends: what the files about them ask of one another. */
#ifndef LIBMOSQUITTO_OUTGOING_H
#define LIBMOSQUITTO_OUTGOING_H

#include <stdbool.h>

#include "mosquitto_internal.h"

/* The broker has accepted this connection, and disconnect() has not been called. */
static inline bool is_accepted(const struct mosquitto* mosq) { return mosq->state == mosq_cs_active; }

/* PUBREL was sent, or is about to be: the broker has the message. */
static inline bool is_released(const struct mosquitto_message_all* message) {
  return message->state == mosq_ms_wait_for_pubcomp;
}

/* PUBLISH was sent, in this connection or in one before. */
static inline bool was_sent(const struct mosquitto_message_all* message) {
  return message->state != mosq_ms_invalid || message->dup;
}

/* in_flight.c: sends `message`, whose turn it is, or discards it when the broker does not take such a message. Nobody
 * may come back for the messages that wait: without memory for the packet the connection ends, and the next sends them.
 */
int repairs_send_message(struct mosquitto* mosq, struct mosquitto_message_all* message);
/* The same for as many of the messages that wait for their turn as may be in flight. */
int repairs_release_to_inflight(struct mosquitto* mosq);

/* send_maximum.c: so many messages are in flight. */
void repairs_set_in_flight(struct mosquitto* mosq, int in_flight);
/* The library is about to read the receive maximum of CONNACK, and has read it. */
void repairs_await_receive_maximum(struct mosquitto* mosq);
void repairs_take_receive_maximum(struct mosquitto* mosq);

/* before_connack.c: PUBLISH, SUBSCRIBE and UNSUBSCRIBE packets are parked until the broker has accepted the connection.
 * Queues those that were parked when at most `position` messages of QoS 1 and 2 were in the list. */
void repairs_queue_parked(struct mosquitto* mosq, int position);
void repairs_drop_parked(struct mosquitto* mosq);

/* message_ids.c: a SUBSCRIBE or UNSUBSCRIBE packet is queued; SUBACK or UNSUBACK, which is about to be handled, has
 * come; none will come for the packet of this id; none will come any more. */
void repairs_note_request(struct mosquitto* mosq, const struct mosquitto__packet* packet);
void repairs_note_answer(struct mosquitto* mosq);
void repairs_forget_request(struct mosquitto* mosq, uint16_t id);
void repairs_forget_requests(struct mosquitto* mosq);
/* The message id of a SUBSCRIBE or UNSUBSCRIBE packet of 2.1. */
uint16_t repairs_request_id(const struct mosquitto__packet* packet);

#endif
