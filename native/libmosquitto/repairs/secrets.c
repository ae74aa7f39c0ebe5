/* Overwrites passwords and keys before their memory is freed. The library frees its copies as they are: they stay in
 * the memory of the process, readable in a core file, until something else is written there (test: tls/secrets). */
#include "config.h"

#include <openssl/crypto.h>
#include <string.h>

#include "../library.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "secrets.h"

void secrets_free(char** secret) {
  if (*secret != NULL) OPENSSL_cleanse(*secret, strlen(*secret));
  mosquitto_free(*secret);
  *secret = NULL;
}

/* Below MQTT 5 the library refuses a password without a user name, and changes nothing then. */
int secrets_username_pw_set(struct mosquitto* mosq, const char* username, const char* password) {
  const bool refused = username == NULL && password != NULL && mosq->protocol != mosq_p_mqtt5;
  if (!refused) secrets_free(&mosq->password);
  return mosquitto_username_pw_set(mosq, username, password);
}

int secrets_socks5_set(struct mosquitto* mosq, const char* host, int port, const char* username, const char* password) {
  /* The library looks at these before it changes anything. */
  const int refused = host == NULL || strlen(host) > 256 || port < 1 || port > UINT16_MAX;
  if (!refused) secrets_free(&mosq->socks5_password);
  return mosquitto_socks5_set(mosq, host, port, username, password);
}

extern __typeof__(packet__cleanup_all_no_locks) __real_packet__cleanup_all_no_locks,
    __wrap_packet__cleanup_all_no_locks;

void secrets_forget_sent(struct mosquitto* mosq, const void* bytes, size_t length) {
  const struct mosquitto__packet* const packet = mosq->out_packet;
  if (packet == NULL || !has_secret(packet->command)) return;
  const uint8_t* const begin = bytes;
  if (begin >= packet->payload && begin < packet->payload + packet->packet_length) {
    OPENSSL_cleanse((void*)begin, length);
  }
}

void secrets_forget_queued(struct mosquitto* mosq) {
  for (struct mosquitto__packet* packet = mosq->out_packet; packet != NULL; packet = packet->next) {
    if (has_secret(packet->command)) OPENSSL_cleanse(packet->payload, packet->packet_length);
  }
}

void __wrap_packet__cleanup_all_no_locks(struct mosquitto* mosq) {
  secrets_forget_queued(mosq);
  __real_packet__cleanup_all_no_locks(mosq);
}
