/* Secrets that are overwritten before their memory is given back: secrets.c. */
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

void secrets_free(char** secret);

/* After `length` bytes from here have been written: nobody reads them again. */
void secrets_forget_sent(struct mosquitto* mosq, const void* bytes, size_t length);

/* Before the packets of a connection that has ended are freed without having been written. */
void secrets_forget_queued(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
