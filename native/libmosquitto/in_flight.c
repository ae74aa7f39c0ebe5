/* Messages of QoS 1 and 2 that JavaScript has published stand in one list: first those that
 * are on their way, then those that wait for their turn. libmosquitto goes through all of it
 * for each that is added, and for each acknowledgement, to find what to send next. Where none
 * waits, which the last of the list says, there is nothing to look for. */
#include "config.h"

#include "messages_mosq.h"
#include "mosquitto_internal.h"

int __real_message__queue(struct mosquitto *mosq, struct mosquitto_message_all *message,
                          enum mosquitto_msg_direction dir);
int __real_message__release_to_inflight(struct mosquitto *mosq, enum mosquitto_msg_direction dir);

static bool some_wait(const struct mosquitto *mosq) {
  const struct mosquitto_message_all *const first = mosq->msgs_out.inflight;
  return first != NULL && first->prev->state == mosq_ms_invalid;
}

int __wrap_message__release_to_inflight(struct mosquitto *mosq, enum mosquitto_msg_direction dir) {
  if (dir == mosq_md_out && !some_wait(mosq)) return MOSQ_ERR_SUCCESS;
  return __real_message__release_to_inflight(mosq, dir);
}

/* The library is shown a list of the message alone, and finds it at once. */
int __wrap_message__queue(struct mosquitto *mosq, struct mosquitto_message_all *message,
                          enum mosquitto_msg_direction dir) {
  struct mosquitto_message_all *const first = mosq->msgs_out.inflight;
  if (dir != mosq_md_out || first == NULL || some_wait(mosq)) return __real_message__queue(mosq, message, dir);
  mosq->msgs_out.inflight = NULL;
  const int rc = __real_message__queue(mosq, message, dir);
  struct mosquitto_message_all *const last = first->prev;
  last->next = message;
  message->prev = last;
  first->prev = message;
  mosq->msgs_out.inflight = first;
  return rc;
}
