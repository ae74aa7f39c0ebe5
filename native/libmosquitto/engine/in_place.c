/* A large payload is not copied on arrival: the callback finds it in the packet that was read. The library copies it
 * out of the packet, into memory that it has set to 0 before, for a callback that copies it once more. Here the packet
 * ends in front of the payload for the library, and the state of the handle has the payload for the callback. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "../hooks.h"
#include "large_payload.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"

static uint64_t payload_position(const struct mosquitto* mosq, const struct mosquitto__packet_in* packet) {
  if (packet->remaining_length < 2) return 0;
  uint64_t at = 2 + ((uint64_t)packet->payload[0] << 8 | packet->payload[1]);
  if ((packet->command & 0x06) != 0) at += 2;
  return mosq->protocol == mosq_p_mqtt5 ? behind_properties(packet, at) : at;
}

/* Replaces the length of 0 in the library's line about the message. The line is as long as the library would have made
 * it, which cuts a long topic off. */
static void log_with_length(struct mosquitto* mosq, void* userdata, int level, const char* line) {
  static const char format[] = "Client %s received PUBLISH (d%d, q%d, r%d, m%d, '%s', ... (%ld bytes))";
  static const char end[] = " (0 bytes))";
  enum { kLongest = sizeof format - 1 + 500 };
  const struct payload_in_place* const payload = &addon_state(userdata)->payload;
  const size_t length = strlen(line);
  const size_t told = sizeof end - 1;
  if (length < told || strcmp(line + length - told, end) != 0) {
    payload->on_log(mosq, userdata, level, line);
    return;
  }
  char text[kLongest];
  (void)snprintf(text, sizeof text, "%.*s (%ld bytes))", (int)(length - told), line, (long)payload->length);
  payload->on_log(mosq, userdata, level, text);
}

int engine_handle_publish(struct mosquitto* mosq, int (*handle)(struct mosquitto* mosq)) {
  struct mosquitto__packet_in* const packet = &mosq->in_packet;
  const uint32_t length = packet->remaining_length;
  /* A message of QoS 2 outlives its packet: the library stores it until PUBREL. */
  const bool outlives = (packet->command & 0x04) != 0 || !has_client(mosq);
  const uint64_t position = outlives || length <= kLargePayload ? 0 : payload_position(mosq, packet);
  if (position == 0 || position + kLargePayload >= length) return handle(mosq);
  struct payload_in_place* const payload = &state_of(mosq)->payload;
  payload->bytes = packet->payload + position;
  payload->length = length - (uint32_t)position;
  packet->remaining_length = (uint32_t)position;
  const LIBMOSQ_CB_log on_log = mosq->on_log;
  payload->on_log = on_log;
  if (on_log != NULL) mosq->on_log = log_with_length;
  const int rc = handle(mosq);
  mosq->on_log = on_log;
  packet->remaining_length = length;
  payload->bytes = NULL;
  payload->length = 0;
  return rc;
}
