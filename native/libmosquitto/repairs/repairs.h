/* The functions of repairs/ that the addon calls by name. The other functions replace functions of the library. */
#ifndef LIBMOSQUITTO_REPAIRS_H
#define LIBMOSQUITTO_REPAIRS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;

/* Sets OpenSSL up. Once for the process, after mosquitto_lib_init(). */
void repairs_initialise(void);

/* Returns 1 when this client has sent a PINGREQ that is not answered yet. */
int repairs_expects_pingresp(const struct mosquitto* mosq);
/* Has the library expect no PINGRESP until its next PINGREQ. */
void repairs_excuse_pingresp(struct mosquitto* mosq);

/* Before each connection: clears what the last one left behind. */
void repairs_prepare_connection(struct mosquitto* mosq, uint16_t send_maximum, uint16_t keepalive);

/* Returns 1 while the connection is in a handshake that comes before CONNECT, with a SOCKS proxy or a WebSocket server.
 */
int repairs_in_handshake(struct mosquitto* mosq);

/* Closes the connection without a word to the peer, and without a callback. */
void repairs_close(struct mosquitto* mosq);

/* Returns the bytes of queued answers to the peer while they are too many to read on, else 0. */
uint64_t repairs_queued_answers(struct mosquitto* mosq);

/* Before a client is destroyed or reinitialised: frees what the library forgets. */
void repairs_release(struct mosquitto* mosq);

/* Before mosquitto_loop_read(): begins a read that is bounded (read_bound.c). With `leftovers` only input that the
 * socket does not show is handled. */
void repairs_begin_read(struct mosquitto* mosq, int leftovers);
/* After mosquitto_loop_read(): returns 1 when there is input left that the socket does not show. */
int repairs_end_read(struct mosquitto* mosq);

/* Has the message ids of a new client begin behind `last`. */
void repairs_begin_ids(struct mosquitto* mosq, uint16_t last);
/* Returns 1 when there is a message id that is not in use. */
int repairs_has_free_id(struct mosquitto* mosq);

/* Sets the most messages of QoS 1 and 2 in flight, for this connection too, and sends those that may leave now. */
void repairs_set_send_maximum(struct mosquitto* mosq, uint16_t maximum);

/* Returns how many messages of QoS 1 and 2 were sent on this connection and are not acknowledged. */
uint32_t repairs_in_flight(const struct mosquitto* mosq);

/* Returns 1 for MQTT 5. Below, mosquitto_ext_auth_continue() refuses and leaks its copy of the properties. */
int repairs_speaks_mqtt5(const struct mosquitto* mosq);

/* Before mosquitto_tls_psk_set(): frees what that replaces without freeing it. */
void repairs_forget_psk(struct mosquitto* mosq);

/* In place of MOSQ_OPT_TLS_ALPN with NULL, which the library would follow. */
int repairs_alpn_clear(struct mosquitto* mosq);

/* Has a message of QoS 1 or 2 that was just published by its alias alone be sent by its topic in later connections.
 * Returns 0 when there is no memory. */
int repairs_store_topic(struct mosquitto* mosq, int mid, const char* topic);
/* Before each connection: removes the aliases of messages that are sent again. */
void repairs_forget_outgoing_aliases(struct mosquitto* mosq);

/* Puts the input back that addon_put_input_aside() was given. */
void repairs_restore_input(struct mosquitto* mosq, uint16_t position, uint16_t length);

/* Returns 1 when a packet of `length` bytes, without its fixed header and its properties, is larger than the broker
 * takes. */
int repairs_is_oversize(struct mosquitto* mosq, uint64_t length, const void* properties);

#ifdef __cplusplus
}
#endif

#endif
