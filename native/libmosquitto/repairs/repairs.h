/* The repairs that the addon calls by name, besides those that stand in front of functions of the library. */
#ifndef LIBMOSQUITTO_REPAIRS_H
#define LIBMOSQUITTO_REPAIRS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;

/* Once for the process, after mosquitto_lib_init(). */
void repairs_initialise(void);

/* Whether this client has sent a PINGREQ that is not answered yet; and: no PINGRESP is expected of it for now. */
int repairs_awaits_pingresp(const struct mosquitto* mosq);
void repairs_excuse_pingresp(struct mosquitto* mosq);

/* Clears what the last connection left behind. Before each connection. */
void repairs_prepare_connection(struct mosquitto* mosq, uint16_t send_maximum, uint16_t keepalive);

/* Whether the connection is in a handshake that comes before CONNECT, with a SOCKS proxy or a WebSocket server. */
int repairs_in_handshake(struct mosquitto* mosq);

/* Closes the connection without a word to the peer, and without a callback. */
void repairs_close(struct mosquitto* mosq);

/* The bytes of answers to the peer that wait to be sent while they are too many to read on, else 0. */
uint64_t repairs_answers_wait(struct mosquitto* mosq);

/* Frees what the library forgets when it destroys or reinitialises a client. Before either. */
void repairs_release(struct mosquitto* mosq);

/* Around mosquitto_loop_read(), which otherwise reads for as long as the peer sends (read_bound.c). `leftovers`: only
 * what the socket does not show is handled. */
void repairs_begin_read(struct mosquitto* mosq, int leftovers);
/* Whether there is input left that the socket does not show. */
int repairs_end_read(struct mosquitto* mosq);
/* Message ids of a new client begin behind `last`. And whether there is one that is not in use. */
void repairs_begin_ids(struct mosquitto* mosq, uint16_t last);
int repairs_has_free_id(struct mosquitto* mosq);

/* The program has set the most messages of QoS 1 and 2 in flight: it holds for this connection too. What may leave now
 * is queued. */
void repairs_set_send_maximum(struct mosquitto* mosq, uint16_t maximum);

/* Before mosquitto_ext_auth_continue(), which below MQTT 5 forgets its copy of the properties. */
int repairs_speaks_mqtt5(const struct mosquitto* mosq);

/* Before mosquitto_tls_psk_set(), which forgets to free what it replaces. */
void repairs_forget_psk(struct mosquitto* mosq);

/* MOSQ_OPT_TLS_ALPN with NULL, which the library would follow. */
int repairs_alpn_clear(struct mosquitto* mosq);

/* A message of QoS 1 or 2 that was just published by its alias alone is sent by its topic in later
 * connections. 0: there is no memory. */
int repairs_keep_topic(struct mosquitto* mosq, int mid, const char* topic);
/* A new connection has no aliases. Before it. */
void repairs_forget_outgoing_aliases(struct mosquitto* mosq);

/* Gives the input back that was held. */
void repairs_give_back(struct mosquitto* mosq, uint16_t position, uint16_t length);

/* Whether a packet of `length` bytes, without its fixed header and its properties, is larger
 * than the broker takes. */
int repairs_is_oversize(struct mosquitto* mosq, uint64_t length, const void* properties);

#ifdef __cplusplus
}
#endif

#endif
