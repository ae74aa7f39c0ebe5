/* Log lines for packets that the engine handles or sends in place of the library: on_log gets the same lines as from
 * the library. Without on_log they cost a comparison. */
#ifndef LIBMOSQUITTO_LOG_LINES_H
#define LIBMOSQUITTO_LOG_LINES_H

#include "logging_mosq.h"
#include "mosquitto_internal.h"

static inline const char* id_for_log(const struct mosquitto* mosq) { return mosq->id != NULL ? mosq->id : "null"; }

static inline void log_received(struct mosquitto* mosq, uint8_t command, const char* topic, uint32_t payload_length) {
  if (mosq->on_log == NULL) return;
  log__printf(mosq, MOSQ_LOG_DEBUG, "Client %s received PUBLISH (d%d, q%d, r%d, m%d, '%s', ... (%ld bytes))",
              id_for_log(mosq), (command & 0x08) >> 3, (command & 0x06) >> 1, command & 0x01, 0, topic,
              (long)payload_length);
}

/* PUBACK and PUBREC, without a reason. */
static inline void log_sent_with_reason(struct mosquitto* mosq, const char* name, uint16_t mid) {
  if (mosq->on_log == NULL) return;
  log__printf(mosq, MOSQ_LOG_DEBUG, "Client %s sending %s (m%d, rc%d)", id_for_log(mosq), name, mid, 0);
}

/* PUBREL and PUBCOMP. */
static inline void log_sent(struct mosquitto* mosq, const char* name, uint16_t mid) {
  if (mosq->on_log == NULL) return;
  log__printf(mosq, MOSQ_LOG_DEBUG, "Client %s sending %s (m%d)", id_for_log(mosq), name, mid);
}

#endif
