/* The state that repairs/ and engine/ store for a client from one call to the next. The addon owns it. The addon reads
 * some members, and resets others, as their comments say. All members of a new client are 0. */
#ifndef LIBMOSQUITTO_STATE_H
#define LIBMOSQUITTO_STATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;
struct mosquitto__packet;
struct mqtt5__property;

struct handle_state {
  /* The engine's. */

  struct read_ahead {
    int unneeded;    /* number of reads in a row for which a smaller buffer would have done */
    uint8_t filled;  /* the last of these reads filled the buffer */
    uint8_t used;    /* there was a read since engine_shrink_unused() */
    uint8_t emptied; /* the socket had less than was asked for; the addon sets it back */
  } read_ahead;
  /* The payload of the message that is handled, where it stands in its packet, while the library is shown none. The
   * addon reads it; without bytes there is none. */
  struct payload_in_place {
    const uint8_t* bytes;
    /* The listener of the log, which is told the payload's length. */
    void (*on_log)(struct mosquitto* mosq, void* userdata, int level, const char* line);
    uint32_t length;
  } payload;
  /* The errno of a write outside of the library's packet__write(), which returns it at its next write; 0 for none. */
  int write_error;
  uint16_t highest_unreleased; /* no message of QoS 2 that was not released yet has a mid above this */

  /* The repairs', and of both where it says so. */

  /* The bound of one mosquitto_loop_read() (read_bound.h). The engine spends it too. */
  struct read_bound {
    int left;                  /* units to handle before addon_read_enough() is asked; 0: no bound */
    uint16_t position, length; /* the input that is left in the buffer */
    uint8_t over;              /* addon_read_enough() has said so; the addon reads it */
    uint8_t begun;             /* something was read */
    uint8_t leftovers;         /* as repairs_begin_read() was told */
  } bound;
  uint8_t heard;               /* the peer has sent something; the addon sets it back */
  uint8_t arrived;             /* likewise, within one read */
  uint8_t receive_maximum_set; /* the program has set MOSQ_OPT_RECEIVE_MAXIMUM; the addon sets it */
  uint8_t session_present;     /* the broker has the session of the last connection, by its newest CONNACK */
  /* The most messages of QoS 1 and 2 in flight; the broker's by its newest CONNACK (send_maximum.c). */
  struct send_maximum {
    uint16_t of_program, of_broker;
  } send_maximum;
  /* How many ids that follow the newest are not in use, as far as that was found out (message_ids.c). */
  uint32_t free_ids;
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
  /* The properties of the PUBREC or DISCONNECT that is handled, for its callback (properties.c). */
  struct mqtt5__property* for_callback;
  /* The bytes that the messages of QoS 2 take, or have taken, until they are released: never less than they take. */
  uint64_t unreleased_bytes;
  /* The ids of SUBSCRIBE and UNSUBSCRIBE packets that are not answered yet (message_ids.c). */
  struct unanswered {
    uint16_t* ids;
    uint32_t count, room;
  } unanswered;
};

#ifdef __cplusplus
}
#endif

#endif
