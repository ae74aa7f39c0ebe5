/* A message of QoS 0 is delivered directly from the read-ahead buffer. For each message the library allocates three
 * times, copies the payload twice, reads the clock, and takes locks that the client's lock makes needless: more than
 * half of the cost of receiving it. Only a message that is regular in every way is delivered here. The library handles,
 * or refuses, all others. */
#include "config.h"

#include <string.h>

#include "../hooks.h"
#include "callbacks.h"
#include "in_buffer.h"
#include "log_lines.h"
#include "mosquitto_internal.h"
#include "plain_text.h"

static bool allowed(const struct mosquitto* mosq) { return mosq->state == mosq_cs_active && has_client(mosq); }

static bool is_qos0(uint8_t command) { return (command & 0xF6) == CMD_PUBLISH; }

/* `body` is what follows the fixed header. Returns true when the message was delivered; `body` is modified then.
 * Returns false, with `body` unchanged, when the library must handle the packet. */
static bool deliver(struct mosquitto* mosq, uint8_t command, uint8_t* body, uint32_t length) {
  if (length < 2) return false;
  const uint32_t topic_length = (uint32_t)body[0] << 8 | body[1];
  if (topic_length > length - 2 || !is_plain_topic(body + 2, topic_length)) return false;
  uint8_t* payload = body + 2 + topic_length;
  uint32_t payload_length = length - 2 - topic_length;
  if (mosq->protocol == mosq_p_mqtt5) {
    if (payload_length == 0 || *payload != 0) return false; /* it has properties */
    payload++;
    payload_length--;
  }
  /* The topic moves one byte to the front, over its length, which makes room for a NUL behind it. */
  char* const topic = memmove(body + 1, body + 2, topic_length);
  topic[topic_length] = '\0';
  const struct mosquitto_message message = {
      .topic = topic,
      .payload = payload_length == 0 ? NULL : payload,
      .payloadlen = (int)payload_length,
      .retain = (command & 0x01) != 0,
  };
  log_received(mosq, command, topic, payload_length);
  callback__on_message(mosq, &message, NULL);
  return true;
}

/* Delivers the next packet that was read ahead. Returns false when it is not a whole message of QoS 0. */
static bool deliver_next(struct mosquitto* mosq, struct read_bound* bound, uint32_t limit) {
  struct mosquitto__packet_in* const in = &mosq->in_packet;
  struct buffered_packet next;
  if (!next_in_buffer(in, &next) || !is_qos0(next.command)) return false;
  if (limit != 0 && next.length > limit) return false;
  if (!deliver(mosq, next.command, next.body, next.length)) return false;
  take_from_buffer(in, &next);
  spend(mosq, bound, kUnitsOfMessage, next.length);
  return true;
}

static void deliver_rest(struct mosquitto* mosq) {
  const uint32_t limit = addon_packet_limit(mosq->userdata);
  struct read_bound* const bound = &state_of(mosq)->bound;
  while (!bound->over && deliver_next(mosq, bound, limit)) continue;
}

bool engine_deliver(struct mosquitto* mosq) {
  struct mosquitto__packet_in* const in = &mosq->in_packet;
  if (!is_qos0(in->command) || !allowed(mosq)) return false;
  if (!deliver(mosq, in->command, in->payload, in->remaining_length)) return false;
  deliver_rest(mosq);
  return true;
}
