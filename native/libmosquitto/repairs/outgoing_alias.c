/* Removes the topic aliases of messages of QoS 1 and 2 that are sent again. An alias is valid for one connection.
 * The library stores a message that was published by its alias alone without a topic, and sends it so in every later
 * connection: each is refused with 0x94, for ever (test: mqtt5/alias-again). Here the message is stored with its
 * topic and without its alias. */
#include "config.h"

#include "internal.h"
#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "property_mosq.h"
#include "repairs.h"
#include "utlist.h"

static void forget_alias(struct mosquitto_message_all* message) {
  for (mosquitto_property** at = &message->properties; *at != NULL; at = &(*at)->next) {
    mosquitto_property* found = *at;
    if (found->identifier != MQTT_PROP_TOPIC_ALIAS) continue;
    *at = found->next;
    found->next = NULL;
    mosquitto_property_free_all(&found);
    return;
  }
}

int repairs_store_topic(struct mosquitto* mosq, int mid, const char* topic) {
  if (mosq->msgs_out.inflight == NULL) return 1;
  /* The message is the newest, which is the last of the list. */
  for (struct mosquitto_message_all* m = mosq->msgs_out.inflight->prev;; m = m->prev) {
    if (m->msg.mid == mid) {
      char* const own = mosquitto_strdup(topic);
      if (own == NULL) return 0;
      mosquitto_free(m->msg.topic);
      m->msg.topic = own;
      forget_alias(m);
      return 1;
    }
    if (m == mosq->msgs_out.inflight) return 1;
  }
}

void repairs_forget_outgoing_aliases(struct mosquitto* mosq) {
  struct mosquitto_message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) forget_alias(message);
}
