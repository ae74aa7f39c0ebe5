/* Counts how much one mosquitto_loop_read() has handled, in units, to bound it (repairs/read_bound.c). Each packet
 * spends some units, whether the library or the engine has read it. */
#ifndef LIBMOSQUITTO_READ_BOUND_H
#define LIBMOSQUITTO_READ_BOUND_H

#include "library.h"

enum {
  /* The addon is asked after this number of units. Reading the clock for each message would cost a tenth of the
   * message. */
  kUnits = 128,
  /* Units of one packet, beside its length. A message of QoS 0 that the engine delivers costs less. */
  kUnitsOfMessage = 1,
  kUnitsOfPacket = 8
};

/* Asks the addon whether this read has taken enough. */
static inline void check_bound(struct mosquitto* mosq, struct read_bound* bound) {
  bound->left = kUnits;
  if (addon_read_enough(mosq->userdata)) bound->over = 1;
}

/* A packet of `length` bytes was handled. */
static inline void spend(struct mosquitto* mosq, struct read_bound* bound, int units, uint32_t length) {
  bound->left -= units + (int)(length >> 7);
  if (bound->left <= 0) check_bound(mosq, bound);
}

#endif
