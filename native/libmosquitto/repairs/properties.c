/* Properties of packets that arrive. Faults of the library:
 * - It allocates each property by itself, and reads a block whose last property is cut short on into the payload:
 *   9.5 MB of a peer take 320 MB (test: protocol/many-properties).
 * - It frees the properties of a PUBREC that refuses, and of the broker's DISCONNECT, before it calls the callback:
 *   a reason string is lost (mqtt5/properties-in).
 * - It takes several subscription identifiers in a PUBLISH for a fault: a message that several subscriptions match
 *   ends the connection (mqtt5/properties-in, mqtt5/subscriptions).
 * - It takes a CONNACK of MQTT 3 that refuses the version for a malformed one: on_connect is not called
 *   (protocol/answers). */
#include "config.h"

#include <stddef.h>

#include "callbacks.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "property_mosq.h"

extern __typeof__(mosquitto_property_check_all) __real_mosquitto_property_check_all,
    __wrap_mosquitto_property_check_all;
extern __typeof__(property__read_all) __real_property__read_all, __wrap_property__read_all;

/* Each property takes up to 64 times as much memory as bytes on the wire. */
enum { kMostProperties = 65535, kShortestProperty = 2 };

static uint32_t text_size(const uint8_t* at, uint32_t left) {
  return left < 2 ? left : 2 + ((uint32_t)at[0] << 8 | at[1]);
}

static uint32_t value_size(int identifier, const uint8_t* at, uint32_t left) {
  int same = 0;
  int type = 0;
  const char* const name = mosquitto_property_identifier_to_string(identifier);
  if (name != NULL) mosquitto_string_to_property_info(name, &same, &type);
  switch (type) {
    case MQTT_PROP_TYPE_BYTE:
      return 1;
    case MQTT_PROP_TYPE_INT16:
      return 2;
    case MQTT_PROP_TYPE_INT32:
      return 4;
    case MQTT_PROP_TYPE_VARINT: {
      uint32_t size = 1;
      while (size < left && (at[size - 1] & 0x80) != 0) size++;
      return size;
    }
    case MQTT_PROP_TYPE_STRING:
    case MQTT_PROP_TYPE_BINARY:
      return text_size(at, left);
    case MQTT_PROP_TYPE_STRING_PAIR: {
      const uint32_t size = text_size(at, left);
      return size >= left ? left : size + text_size(at + size, left - size);
    }
    default:
      return left;
  }
}

/* Returns 0 for a malformed block, which the library refuses. */
static int has_too_many(const uint8_t* at, uint32_t left) {
  if (left / kShortestProperty <= kMostProperties) return 0;
  for (uint32_t count = 0; left > 0; count++) {
    if (count == kMostProperties) return 1;
    const uint32_t size = 1 + value_size(at[0], at + 1, left - 1);
    if (size >= left) return 0;
    at += size;
    left -= size;
  }
  return 0;
}

/* Returns the handle that owns this packet: all packets that arrive are read into `in_packet` of a handle. */
static struct mosquitto* handle_of(struct mosquitto__packet_in* packet) {
  return (struct mosquitto*)((uint8_t*)packet - offsetof(struct mosquitto, in_packet));
}

/* Takes the ownership of the properties until the packet was handled. */
static void store_for_callback(struct mosquitto* mosq, mosquitto_property** properties) {
  if (!has_client(mosq)) return;
  repairs_forget_properties(mosq);
  state_of(mosq)->for_callback = *properties;
  *properties = NULL;
}

void repairs_forget_properties(struct mosquitto* mosq) {
  if (has_client(mosq)) mosquitto_property_free_all(&state_of(mosq)->for_callback);
}

static const mosquitto_property* stored_properties(const struct mosquitto* mosq) {
  return has_client(mosq) ? state_of(mosq)->for_callback : NULL;
}

/* A PUBREC that makes room may have other messages discarded, whose on_publish must not get its properties (test:
 * mqtt5/properties-of-pubrec). Returns those that belong to the message of this id. */
static const mosquitto_property* stored_for(const struct mosquitto* mosq, int mid) {
  const mosquitto_property* const stored = stored_properties(mosq);
  if (stored == NULL) return NULL;
  const uint8_t* const pubrec = mosq->in_packet.payload;
  return (pubrec[0] << 8 | pubrec[1]) == mid ? stored : NULL;
}

/* Has the library read to the end of the block, and no further. */
int __wrap_property__read_all(int command, struct mosquitto__packet_in* packet, mosquitto_property** properties) {
  /* A CONNACK of MQTT 3 has no properties. handle__connack() expects this code then. */
  if (command == CMD_CONNACK && packet->remaining_length == 2) return MOSQ_ERR_PROTOCOL;
  const uint32_t start = packet->pos;
  const uint32_t end = packet->remaining_length;
  uint32_t length = 0;
  int rc = packet__read_varint(packet, &length, NULL);
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  if (length > end - packet->pos) return MOSQ_ERR_MALFORMED_PACKET;
  if (has_too_many(packet->payload + packet->pos, length)) return MOSQ_ERR_OVERSIZE_PACKET;

  packet->remaining_length = packet->pos + length;
  packet->pos = start;
  rc = __real_property__read_all(command, packet, properties);
  packet->remaining_length = end;
  if (rc == MOSQ_ERR_SUCCESS && (command == CMD_PUBREC || command == CMD_DISCONNECT)) {
    store_for_callback(handle_of(packet), properties);
  }
  return rc;
}

/* A message that several subscriptions match has several subscription identifiers. The library takes them for a fault,
 * and disconnects. A message to send may not have several. */
static bool have_arrived(int command, const mosquitto_property* properties) {
  return command == CMD_PUBLISH && properties != NULL && !properties->client_generated;
}

int __wrap_mosquitto_property_check_all(int command, const mosquitto_property* properties) {
  int rc = __real_mosquitto_property_check_all(command, properties);
  if (rc != MOSQ_ERR_DUPLICATE_PROPERTY || !have_arrived(command, properties)) return rc;
  for (const mosquitto_property* p = properties; p != NULL; p = mosquitto_property_next(p)) {
    mosquitto_property alone = *p;
    alone.next = NULL;
    rc = __real_mosquitto_property_check_all(command, &alone);
    if (rc != MOSQ_ERR_SUCCESS) return rc;
    const int identifier = mosquitto_property_identifier(p);
    if (identifier == MQTT_PROP_USER_PROPERTY || identifier == MQTT_PROP_SUBSCRIPTION_IDENTIFIER) continue;
    for (const mosquitto_property* q = mosquitto_property_next(p); q != NULL; q = mosquitto_property_next(q)) {
      if (mosquitto_property_identifier(q) == identifier) return MOSQ_ERR_DUPLICATE_PROPERTY;
    }
  }
  return MOSQ_ERR_SUCCESS;
}

extern __typeof__(callback__on_publish) __real_callback__on_publish, __wrap_callback__on_publish;
extern __typeof__(callback__on_disconnect) __real_callback__on_disconnect, __wrap_callback__on_disconnect;

void __wrap_callback__on_publish(struct mosquitto* mosq, int mid, int reason_code,
                                 const mosquitto_property* properties) {
  __real_callback__on_publish(mosq, mid, reason_code, properties != NULL ? properties : stored_for(mosq, mid));
}

void __wrap_callback__on_disconnect(struct mosquitto* mosq, int rc, const mosquitto_property* properties) {
  __real_callback__on_disconnect(mosq, rc, properties != NULL ? properties : stored_properties(mosq));
}
