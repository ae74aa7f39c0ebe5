/* Handles AUTH packets of extended authentication, in place of the library's handle__auth(). That copies the method
 * and the data for on_ext_auth, and never frees the copies: each AUTH leaks them (test: mqtt5/extended-auth, under
 * AddressSanitizer). Nothing depends here on which version of the library frees them. */
#include "config.h"

#include "callbacks.h"
#include "internal.h"
#include "logging_mosq.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "property_mosq.h"
#include "read_handle.h"

extern __typeof__(handle__auth) __wrap_handle__auth;

/* Calls on_ext_auth with the method and the data among the properties. */
static int ask_program(struct mosquitto* mosq, const mosquitto_property* properties) {
  char* method = NULL;
  void* data = NULL;
  uint16_t length = 0;
  mosquitto_property_read_string(properties, MQTT_PROP_AUTHENTICATION_METHOD, &method, false);
  mosquitto_property_read_binary(properties, MQTT_PROP_AUTHENTICATION_DATA, &data, &length, false);
  const int rc = callback__on_ext_auth(mosq, method, length, data, properties);
  mosquitto_free(method);
  mosquitto_free(data);
  return rc;
}

int __wrap_handle__auth(struct mosquitto* mosq) {
  log__printf(mosq, MOSQ_LOG_DEBUG, "Client %s received AUTH", mosq->id != NULL ? mosq->id : "null");
  if (mosq->protocol != mosq_p_mqtt5) return MOSQ_ERR_PROTOCOL;
  if (mosq->in_packet.command != CMD_AUTH) return MOSQ_ERR_MALFORMED_PACKET;
  uint8_t reason_code;
  int rc = packet__read_byte(&mosq->in_packet, &reason_code);
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  mosquitto_property* properties = NULL;
  rc = property__read_all(CMD_AUTH, &mosq->in_packet, &properties);
  if (rc != MOSQ_ERR_SUCCESS) return rc;
  rc = ask_program(mosq, properties);
  mosquitto_property_free_all(&properties);
  return rc;
}
