/* Nothing but CONNECT, AUTH and DISCONNECT may be sent before the broker has answered CONNECT.
 * The library queues whatever is called as soon as there is a socket: a PUBLISH goes raw into
 * the handshake of a SOCKS proxy or of WebSockets, leaves before the messages that are sent
 * again, and before CONNACK has told the broker's limits. Packets of calls are therefore parked
 * here until CONNACK has come. Messages of QoS 1 and 2 need no packet until then: they wait in
 * the library's list (in_flight.c). */
#include "config.h"

#include "../hooks.h"
#include "callbacks.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "repairs.h"

extern __typeof__(packet__queue) __wrap_packet__queue;

/* The library sets `to_process` when it queues a packet. While a packet is parked it holds its
 * position: how many messages of QoS 1 and 2 were called for before. */
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

/* A SUBSCRIBE or UNSUBSCRIBE packet that is not sent is answered as if the broker had refused each of its filters. */
static void refuse_filters(struct mosquitto* mosq, const struct mosquitto__packet* packet) {
  const int command = packet->command & 0xF0;
  const uint16_t mid = repairs_request_id(packet);
  const uint32_t count = repairs_codes_asked(mosq->userdata, command, mid);
  int* const codes = mosquitto_malloc(count * sizeof *codes);
  if (codes == NULL) {
    repairs_end_without_memory(mosq->userdata);
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

/* CONNACK has told limits that were not known when the packet was made. A message without
 * acknowledgement counts as sent, with the reason for which it was not. */
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

/* A packet of a call, before the broker has accepted the connection. */
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
