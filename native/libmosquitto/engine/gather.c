/* Coalesces queued packets: those that are queued when a loop iteration writes leave by one system call. The library
 * sends each packet by a call of its own, which costs more than all other work for a small packet. Nothing is delayed.
 * The packets are written first; the library's packet__write(), called next, finds them written and does what follows
 * each. */
#include "config.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>

#include "../hooks.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "util_mosq.h"

enum {
  /* Bytes of one write: over plain TCP, and over TLS, where they are one record. */
  kMost = 64 * 1024,
  kMostOfRecord = SSL3_RT_MAX_PLAIN_LENGTH,
  /* Copying a larger packet costs more than a system call. */
  kLargePacket = 8 * 1024
};

/* Returns true for DISCONNECT, behind which the library shuts the connection down. */
static bool is_last(const struct mosquitto__packet* packet) { return (packet->command & 0xF0) == CMD_DISCONNECT; }

/* Copies the unsent bytes of the packets that follow one another, up to `room` bytes. Returns their number. */
static size_t gather(struct mosquitto* mosq, uint8_t* to, size_t room) {
  size_t length = 0;
  pthread_mutex_lock(&mosq->out_packet_mutex);
  const struct mosquitto__packet* packet = mosq->out_packet;
  /* Skips packets that this call has written before. Nothing is sent behind a DISCONNECT. */
  while (packet != NULL && packet->to_process == 0) packet = is_last(packet) ? NULL : packet->next;
  /* A packet that is alone or large is sent from its own memory. So is one with a secret, of which no copy may
   * remain. */
  if (packet != NULL && (packet->next == NULL || packet->to_process > kLargePacket || has_secret(packet->command))) {
    packet = NULL;
  }
  for (; packet != NULL && length < room; packet = packet->next) {
    const size_t left = room - length;
    const size_t part = packet->to_process < left ? packet->to_process : left;
    memcpy(to + length, packet->payload + packet->pos, part);
    length += part;
    if (is_last(packet)) break;
    if (packet->next != NULL && packet->next->to_process > kLargePacket) break;
  }
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return length;
}

/* Notes in the packets that `length` of their bytes were sent. */
static void mark_sent(struct mosquitto* mosq, size_t length) {
  pthread_mutex_lock(&mosq->out_packet_mutex);
  for (struct mosquitto__packet* packet = mosq->out_packet; length > 0; packet = packet->next) {
    const uint32_t part = packet->to_process < length ? packet->to_process : (uint32_t)length;
    packet->pos += part;
    packet->to_process -= part;
    length -= part;
  }
  pthread_mutex_unlock(&mosq->out_packet_mutex);
}

int engine_write(struct mosquitto* mosq, int (*write)(struct mosquitto* mosq)) {
  if (!has_client(mosq) || !net__is_connected(mosq)) return write(mosq);
  if (mosquitto__get_state(mosq) == mosq_cs_connect_pending) return write(mosq);
  size_t most = kMost;
  if (mosq->ssl != NULL) {
    most = kMostOfRecord;
    /* The packets are gathered anew after TLS could not write: the same bytes come first, in another place, and perhaps
     * with more behind them. */
    SSL_set_mode(mosq->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  uint8_t bytes[kMost];
  /* The library's own write of the first packet returns this error. A second attempt would see another error than the
   * first (EPIPE after ECONNRESET), and TLS forbids one with other bytes. */
  int* const failed_with = &state_of(mosq)->write_error;
  while (*failed_with == 0) {
    const size_t length = gather(mosq, bytes, most);
    if (length == 0) break;
    const ssize_t written = net__write(mosq, bytes, length);
    if (written <= 0) {
      *failed_with = write_error();
      break;
    }
    mark_sent(mosq, (size_t)written);
    if ((size_t)written < length) break;
  }
  const int rc = write(mosq);
  *failed_with = 0;
  return rc;
}
