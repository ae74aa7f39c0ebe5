/* Messages of QoS 1 and 2 that JavaScript has published stand in one list: first those that
 * are on their way, then those that wait for their turn. libmosquitto goes through all of it
 * for each that is added, and for each acknowledgement, to find what to send next. Where none
 * waits, which the last of the list says, there is nothing to look for. */
#include "config.h"

#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "repairs.h"
#include "repairs_library.h"

int __real_message__queue(struct mosquitto* mosq, struct mosquitto_message_all* message,
                          enum mosquitto_msg_direction dir);
int __real_message__release_to_inflight(struct mosquitto* mosq, enum mosquitto_msg_direction dir);

/* A new connection may leave one of QoS 2 that waits before one of QoS 1 that does not: then
 * the library looks, until it has gone to the end of the list without sending all it may. */
static bool none_waits(const struct mosquitto* mosq) {
  if (!has_client(mosq) || repairs_kept(mosq->userdata)->mixed) return false;
  const struct mosquitto_message_all* const first = mosq->msgs_out.inflight;
  return first == NULL || first->prev->state != mosq_ms_invalid;
}

static int gone_through(struct mosquitto* mosq, int rc) {
  if (rc == MOSQ_ERR_SUCCESS && mosq->msgs_out.inflight_quota > 0 && has_client(mosq)) {
    repairs_kept(mosq->userdata)->mixed = 0;
  }
  return rc;
}

int __wrap_message__release_to_inflight(struct mosquitto* mosq, enum mosquitto_msg_direction dir) {
  if (dir != mosq_md_out) return __real_message__release_to_inflight(mosq, dir);
  return none_waits(mosq) ? MOSQ_ERR_SUCCESS : gone_through(mosq, __real_message__release_to_inflight(mosq, dir));
}

/* The library is shown a list of the message alone, and finds it at once. */
int __wrap_message__queue(struct mosquitto* mosq, struct mosquitto_message_all* message,
                          enum mosquitto_msg_direction dir) {
  if (dir != mosq_md_out) return __real_message__queue(mosq, message, dir);
  if (!none_waits(mosq)) return gone_through(mosq, __real_message__queue(mosq, message, dir));
  struct mosquitto_message_all* const first = mosq->msgs_out.inflight;
  mosq->msgs_out.inflight = NULL;
  const int rc = __real_message__queue(mosq, message, dir);
  if (first == NULL) return rc;
  struct mosquitto_message_all* const last = first->prev;
  last->next = message;
  message->prev = last;
  first->prev = message;
  mosq->msgs_out.inflight = first;
  return rc;
}
