/* Messages of QoS 0 handed over from where they were read. The library allocates three times
 * for each, copies its payload twice, and asks for the time and for locks that the addon's own
 * lock makes needless: more than half of what receiving one costs. Only what is regular in every
 * way comes here; all else is the library's to handle, or to refuse. */
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

/* `body`: what follows the fixed header. It is written to. False, and it is not, when the library has to look at it. */
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
  /* One byte to the front, over its length, there is room for the NUL behind it. */
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

/* The next packet that was read ahead, if it is a whole one of QoS 0. */
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
  const uint32_t limit = repairs_packet_limit(mosq->userdata);
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
