/* Functions of repairs.c beyond those of libmosquitto. */
#ifndef LIBMOSQUITTO_REPAIRS_H
#define LIBMOSQUITTO_REPAIRS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;
struct mosquitto__packet;

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

/* The addon's: the largest packet that the client with this user data takes, in bytes
 * after the fixed header; 0 for any. And that one was refused. */
uint32_t repairs_packet_limit(void* userdata);
void repairs_packet_refused(void* userdata);
/* The addon's: how many codes the answer to CMD_SUBSCRIBE or CMD_UNSUBSCRIBE with this mid may have. */
uint32_t repairs_codes_asked(void* userdata, int command, uint16_t mid);
/* The addon's: the connection ends with this code, whatever the library makes of the failure. */
void repairs_ends_with(void* userdata, int rc);
/* The addon's: there is no memory for what the connection needs, so that it ends with MOSQ_ERR_NOMEM. */
void repairs_end_without_memory(void* userdata);
/* The most that messages of QoS 2 may take until they are released, in bytes; 0 for any. */
uint64_t repairs_waiting_limit(void* userdata, uint16_t receive_maximum);
/* 0: there is no memory to hand over a message of so many bytes of topic and payload, and of properties. */
int repairs_make_room(void* userdata, uint64_t bytes, uint64_t properties);
/* Whether what follows in the input has to wait, and, then, what part of it. */
int repairs_waits(void* userdata);
void repairs_hold(void* userdata, uint16_t position, uint16_t length);

/* A read or a write has just returned `length`: tells the addon of a failure of TLS. */
void repairs_note_tls(struct mosquitto* mosq, long length);
void repairs_tls_failed(void* userdata);

/* The error of the write of gathered packets that the next write is to return; 0 for none. */
int repairs_gathered_failed(void);

/* The buffer in which a client reads ahead (read_ahead.c): the first makes that of a new client, the
 * second gives a large one back when it was not used since the last call. */
void repairs_begin_small(struct mosquitto* mosq);
void repairs_shrink_unused(struct mosquitto* mosq);

/* Around mosquitto_loop_read(), which otherwise reads for as long as the peer sends (read_bound.c). `leftovers`: only
 * what the socket does not show is handled. */
void repairs_begin_read(struct mosquitto* mosq, int leftovers);
/* Whether there is input left that the socket does not show. */
int repairs_end_read(struct mosquitto* mosq);
/* The addon's: whether this read has taken enough time, or has recorded enough. */
int repairs_read_enough(void* userdata);

/* State that is kept for a client from one call to the next; for a new one all is 0. */
struct repairs_state {
  struct read_ahead {
    int unneeded;    /* for so many of them a smaller one would have done */
    uint8_t filled;  /* the last of these reads filled the buffer */
    uint8_t used;    /* there was a read since repairs_shrink_unused() */
    uint8_t emptied; /* since it was last set to 0, the socket had less than was asked for */
  } read_ahead;
  struct read_bound {
    int left;                  /* units to handle before repairs_read_enough() is asked; 0: no bound */
    uint16_t position, length; /* the input that is left in the buffer */
    uint8_t over;              /* repairs_read_enough() has said so */
    uint8_t begun;             /* something was read */
    uint8_t leftovers;         /* as repairs_begin_read() was told */
  } bound;
  uint8_t heard;               /* the peer has sent something; the addon sets it back */
  uint8_t arrived;             /* likewise, within a read */
  uint8_t receive_maximum_set; /* the program has set MOSQ_OPT_RECEIVE_MAXIMUM */
  uint8_t session_present;     /* the broker has the session of the last connection, by its newest CONNACK */
  /* The most messages of QoS 1 and 2 in flight; the broker's by its newest CONNACK (send_maximum.c). */
  struct send_maximum {
    uint16_t of_program, of_broker;
  } send_maximum;
  /* The error of a write outside of packet__write(), for that to return. */
  int write_error;
  /* The payload that the library was not shown, of the message that is handled; no bytes: none. */
  struct payload_in_place {
    const uint8_t* bytes;
    /* The listener of the log, which is told of that length. */
    void (*on_log)(struct mosquitto* mosq, void* userdata, int level, const char* line);
    uint32_t length;
  } payload;
  struct answers {
    uint64_t bytes;                   /* size of the queued answers; may count some that have left */
    uint64_t queued;                  /* packets of any kind, since the client was made */
    uint64_t pong;                    /* the newest PONG was this one of them */
    struct mosquitto__packet* newest; /* the PONG to send when that one has left */
    uint8_t stopped;                  /* nothing is read */
  } answers;
  /* Packets that leave when the broker has accepted the connection (before_connack.c). */
  struct parked_packets {
    struct mosquitto__packet *first, *last; /* `last` counts while there is a first */
  } parked;
  /* No message of QoS 2 that waits to be released has a mid above this; what they all take, or
   * have taken, in bytes: never less than it is. */
  uint64_t waiting;
  uint16_t highest_waiting;
  /* How many ids that follow the newest are not in use, as far as that was found out; and those of SUBSCRIBE and
   * UNSUBSCRIBE packets that are not answered yet (message_ids.c). */
  uint32_t free_ids;
  struct unanswered {
    uint16_t* ids;
    uint32_t count, room;
  } unanswered;
};
/* The addon's. */
struct repairs_state* repairs_kept(void* userdata);

/* Writes what is queued, on any thread. Closes nothing. 0: some is still in the queue. */
int repairs_write_directly(struct mosquitto* mosq);

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

/* Hands the PUBLISH packet that was read to on_message, and those of QoS 0 that were read with
 * it; 0 when it is the library's to handle. */
int repairs_hand_over(struct mosquitto* mosq);

/* Whether a packet of `length` bytes, without its fixed header and its properties, is larger
 * than the broker takes. */
int repairs_is_oversize(struct mosquitto* mosq, uint64_t length, const void* properties);

#ifdef __cplusplus
}
#endif

#endif
