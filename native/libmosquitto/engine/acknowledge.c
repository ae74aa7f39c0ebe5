/* PUBACK, PUBREC, PUBREL and PUBCOMP that follow one another share a packet of the queue. The library makes a packet
 * for each. For four bytes that costs memory, a place in the queue, and the work after each packet that was written. */
#include "config.h"

#include "../hooks.h"
#include "log_lines.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "send_mosq.h"
#include "util_mosq.h"

extern __typeof__(send__puback) __real_send__puback, __wrap_send__puback;
extern __typeof__(send__pubrel) __real_send__pubrel, __wrap_send__pubrel;
extern __typeof__(send__pubcomp) __real_send__pubcomp, __wrap_send__pubcomp;

enum {
  kLength = 4,                            /* bytes of an acknowledgement that says nothing but its mid */
  kMost = 16,                             /* in one packet */
  kRemainingLength = kMost * kLength - 2, /* that packet__alloc() is told, for as much memory */
  /* The command of a shared packet, and of no other. The library looks at the type alone, for what it does when a
   * PUBLISH or a DISCONNECT is written. Packets of a handshake have the command 0, and are never gathered since they
   * have secrets. */
  kShared = CMD_RESERVED | 1
};

static void put(uint8_t* at, uint8_t command, uint16_t mid) {
  at[0] = command;
  at[1] = kLength - 2;
  at[2] = (uint8_t)(mid >> 8);
  at[3] = (uint8_t)mid;
}

/* Returns the last packet of the queue when it is shared and has room. Nobody writes it meanwhile, because the client
 * is locked. */
static struct mosquitto__packet* with_room(const struct mosquitto* mosq) {
  struct mosquitto__packet* const last = mosq->out_packet == NULL ? NULL : mosq->out_packet_last;
  if (last == NULL || last->command != kShared) return NULL;
  return last->packet_length + kLength <= WS_PACKET_OFFSET + kMost * kLength ? last : NULL;
}

/* Returns false when the library must send the acknowledgement. Over WebSockets it always does: each packet is a frame.
 */
static bool share(struct mosquitto* mosq, uint8_t command, uint16_t mid, int* rc) {
  if (mosq->transport != mosq_t_tcp || !has_client(mosq)) return false;
  *rc = MOSQ_ERR_SUCCESS;
  struct mosquitto__packet* packet = with_room(mosq);
  if (packet != NULL) {
    put(packet->payload + packet->packet_length, command, mid);
    packet->packet_length += kLength;
    packet->to_process += kLength;
    mosq->out_packet_bytes += kLength;
    return true;
  }
  if (packet__alloc(&packet, kShared, kRemainingLength) != MOSQ_ERR_SUCCESS) return false;
  packet->packet_length = WS_PACKET_OFFSET + kLength;
  put(packet->payload + WS_PACKET_OFFSET, command, mid);
  *rc = packet__queue(mosq, packet);
  return true;
}

/* PUBACK and PUBCOMP end a message, which the library counts when it sends them. */
int __wrap_send__puback(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code,
                        const mosquitto_property* properties) {
  int rc;
  if (reason_code != 0 || properties != NULL || !share(mosq, CMD_PUBACK, mid, &rc)) {
    return __real_send__puback(mosq, mid, reason_code, properties);
  }
  log_sent_with_reason(mosq, "PUBACK", mid);
  util__increment_receive_quota(mosq);
  return rc;
}

int __wrap_send__pubcomp(struct mosquitto* mosq, uint16_t mid, const mosquitto_property* properties) {
  int rc;
  if (properties != NULL || !share(mosq, CMD_PUBCOMP, mid, &rc)) return __real_send__pubcomp(mosq, mid, properties);
  log_sent(mosq, "PUBCOMP", mid);
  util__increment_receive_quota(mosq);
  return rc;
}

int __wrap_send__pubrel(struct mosquitto* mosq, uint16_t mid, const mosquitto_property* properties) {
  int rc;
  if (properties != NULL || !share(mosq, CMD_PUBREL | 2, mid, &rc)) return __real_send__pubrel(mosq, mid, properties);
  log_sent(mosq, "PUBREL", mid);
  return rc;
}

bool engine_send_pubrec(struct mosquitto* mosq, uint16_t mid, uint8_t reason_code, const mosquitto_property* properties,
                        int* rc) {
  if (reason_code != 0 || properties != NULL || !share(mosq, CMD_PUBREC, mid, rc)) return false;
  log_sent_with_reason(mosq, "PUBREC", mid);
  return true;
}
