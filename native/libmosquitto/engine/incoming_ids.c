/* Speeds up the search for an older message of QoS 2 with the same mid, which a new one replaces (repairs/messages.c):
 * each arrival would walk through the list of incoming messages. Brokers count mids up. Most messages have a mid above
 * all mids of the list, and need no walk. */
#include "config.h"

#include "../hooks.h"
#include "mosquitto_internal.h"

bool engine_is_new_mid(struct mosquitto* mosq, uint16_t mid) {
  if (!has_client(mosq)) return false;
  uint16_t* const highest = &state_of(mosq)->highest_unreleased;
  if (mosq->msgs_in.inflight == NULL) *highest = 0;
  if (mid <= *highest) return false;
  *highest = mid;
  return true;
}
