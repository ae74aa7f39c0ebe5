/* Passwords and keys that the library has copied are overwritten before their memory is given back: it would stay in
 * the process, readable in a core file, until something else is written there. */
#include "config.h"

#include <openssl/crypto.h>
#include <string.h>

#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "../library.h"
#include "secrets.h"

void secrets_free(char** secret) {
  if (*secret != NULL) OPENSSL_cleanse(*secret, strlen(*secret));
  mosquitto_free(*secret);
  *secret = NULL;
}

/* One that is refused for a password without a user name changes nothing. */
int secrets_username_pw_set(struct mosquitto* mosq, const char* username, const char* password) {
  char* old = mosq->password;
  mosq->password = NULL;
  const int rc = mosquitto_username_pw_set(mosq, username, password);
  if (rc == MOSQ_ERR_INVAL && username == NULL && password != NULL) {
    mosq->password = old;
  } else {
    secrets_free(&old);
  }
  return rc;
}

int secrets_socks5_set(struct mosquitto* mosq, const char* host, int port, const char* username, const char* password) {
  /* The library looks at these before it changes anything. */
  const int refused = host == NULL || strlen(host) > 256 || port < 1 || port > UINT16_MAX;
  char* old = mosq->socks5_password;
  mosq->socks5_password = NULL;
  const int rc = mosquitto_socks5_set(mosq, host, port, username, password);
  if (refused) {
    mosq->socks5_password = old;
  } else {
    secrets_free(&old);
  }
  return rc;
}

extern __typeof__(packet__cleanup_all_no_locks) __real_packet__cleanup_all_no_locks,
    __wrap_packet__cleanup_all_no_locks;

void secrets_forget_sent(struct mosquitto* mosq, const void* bytes, size_t length) {
  const struct mosquitto__packet* const packet = mosq->out_packet;
  if (packet == NULL || !secrets_in_packet(packet->command)) return;
  const uint8_t* const begin = bytes;
  if (begin >= packet->payload && begin < packet->payload + packet->packet_length) {
    OPENSSL_cleanse((void*)begin, length);
  }
}

void secrets_forget_queued(struct mosquitto* mosq) {
  for (struct mosquitto__packet* packet = mosq->out_packet; packet != NULL; packet = packet->next) {
    if (secrets_in_packet(packet->command)) OPENSSL_cleanse(packet->payload, packet->packet_length);
  }
}

void __wrap_packet__cleanup_all_no_locks(struct mosquitto* mosq) {
  secrets_forget_queued(mosq);
  __real_packet__cleanup_all_no_locks(mosq);
}
