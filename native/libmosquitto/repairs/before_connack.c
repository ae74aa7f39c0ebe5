/* Parks PUBLISH, SUBSCRIBE and UNSUBSCRIBE packets until CONNACK has come. The library queues such a packet as soon
 * as there is a socket. The packet goes raw into the handshake of a SOCKS proxy or of WebSockets, leaves before the
 * messages that are sent again, and ignores the limits that CONNACK tells (test: protocol/before-connack,
 * transports/early-calls). Only packets of calls are parked. Messages of QoS 1 and 2 need no packet until then: they
 * are queued in the library's list of messages (in_flight.c). */
#include "config.h"

#include "../hooks.h"
#include "callbacks.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "repairs.h"

extern __typeof__(packet__queue) __wrap_packet__queue;

/* `to_process` of a parked packet is its position: the number of messages of QoS 1 and 2 that were published before it.
 * The library sets the member when it queues the packet. */
static int park(struct mosquitto* mosq, struct mosquitto__packet* packet) {
  struct parked_packets* const parked = &state_of(mosq)->parked;
  packet->next = NULL;
  packet->to_process = (uint32_t)mosq->msgs_out.queue_len;
  if (parked->first == NULL) {
    parked->first = packet;
  } else {
    parked->last->next = packet;
  }
  parked->last = packet;
  return MOSQ_ERR_SUCCESS;
}

/* Tells the program that each filter of a packet that is not sent was refused. */
static void refuse_filters(struct mosquitto* mosq, const struct mosquitto__packet* packet) {
  const int command = packet->command & 0xF0;
  const uint16_t mid = repairs_request_id(packet);
  const uint32_t count = addon_filter_count(mosq->userdata, command, mid);
  int* const codes = mosquitto_malloc(count * sizeof *codes);
  if (codes == NULL) {
    addon_end_without_memory(mosq->userdata);
    return;
  }
  for (uint32_t i = 0; i < count; i++) codes[i] = MQTT_RC_PACKET_TOO_LARGE;
  repairs_forget_request(mosq, mid);
  if (command == CMD_SUBSCRIBE) {
    callback__on_subscribe(mosq, mid, (int)count, codes, NULL);
  } else {
    callback__on_unsubscribe(mosq, mid, (int)count, codes, NULL);
  }
  mosquitto_free(codes);
}

/* The packet is larger than CONNACK allows. A message of QoS 0 completes with that reason. */
static void discard(struct mosquitto* mosq, struct mosquitto__packet* packet) {
  if ((packet->command & 0xF0) == CMD_PUBLISH) {
    callback__on_publish(mosq, packet->mid, MQTT_RC_PACKET_TOO_LARGE, NULL);
  } else {
    refuse_filters(mosq, packet);
  }
  mosquitto_free(packet);
}

static void queue(struct mosquitto* mosq, struct mosquitto__packet* packet) {
  if (packet__check_oversize(mosq, packet->remaining_length) != MOSQ_ERR_SUCCESS) {
    discard(mosq, packet);
    return;
  }
  if ((packet->command & 0xF0) == CMD_PUBLISH && !mosq->retain_available) {
    packet->command &= 0xFE;
    packet->payload[WS_PACKET_OFFSET] = packet->command;
  }
  repairs_queue(mosq, packet);
}

void repairs_queue_parked(struct mosquitto* mosq, int position) {
  struct parked_packets* const parked = &state_of(mosq)->parked;
  while (parked->first != NULL && parked->first->to_process <= (uint32_t)position) {
    struct mosquitto__packet* const packet = parked->first;
    parked->first = packet->next;
    queue(mosq, packet);
  }
}

void repairs_drop_parked(struct mosquitto* mosq) {
  struct parked_packets* const parked = &state_of(mosq)->parked;
  while (parked->first != NULL) {
    struct mosquitto__packet* const packet = parked->first;
    parked->first = packet->next;
    mosquitto_free(packet);
  }
}

static bool is_request(const struct mosquitto__packet* packet) {
  const uint8_t type = packet->command & 0xF0;
  return type == CMD_SUBSCRIBE || type == CMD_UNSUBSCRIBE;
}

/* Returns true for a packet of a call while the broker has not accepted the connection. */
static bool is_early(const struct mosquitto* mosq, const struct mosquitto__packet* packet) {
  if (is_accepted(mosq) || mosq->state == mosq_cs_disconnected || !has_client(mosq)) return false;
  return (packet->command & 0xF0) == CMD_PUBLISH || is_request(packet);
}

int __wrap_packet__queue(struct mosquitto* mosq, struct mosquitto__packet* packet) {
  if (is_request(packet)) repairs_note_request(mosq, packet);
  if (!is_early(mosq, packet)) return repairs_queue(mosq, packet);
  engine_complete(packet);
  return park(mosq, packet);
}
