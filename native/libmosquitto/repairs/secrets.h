/* Overwrites secrets before their memory is freed: secrets.c. */
#ifndef LIBMOSQUITTO_SECRETS_H
#define LIBMOSQUITTO_SECRETS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;

/* mosquitto_username_pw_set() and mosquitto_socks5_set(), which overwrite the password that they replace. */
int secrets_username_pw_set(struct mosquitto* mosq, const char* username, const char* password);
int secrets_socks5_set(struct mosquitto* mosq, const char* host, int port, const char* username, const char* password);

/* Overwrites and frees a text, and sets the pointer to NULL. */
void secrets_free(char** secret);

/* Overwrites `length` bytes of a packet with a secret, which have been written. */
void secrets_forget_sent(struct mosquitto* mosq, const void* bytes, size_t length);

/* Overwrites queued packets with a secret, before they are freed unwritten. */
void secrets_forget_queued(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
