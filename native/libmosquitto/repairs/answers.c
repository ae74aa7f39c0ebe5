/* Bounds the queued answers to packets of the peer: acknowledgements, and PONG frames. The library queues each as a
 * packet of its own, without a bound. A peer that sends and does not read then takes up to 14 times its traffic in
 * memory. Here reading stops while more than 1 MiB of answers is queued, and at most one PONG is pending beside the
 * one that is being sent (test: protocol/unread-answers). */
#include "config.h"

#include "../hooks.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "repairs.h"

extern __typeof__(packet__queue) __real_packet__queue, __wrap_packet__queue;
extern __typeof__(packet__write) __real_packet__write, __wrap_packet__write;

enum {
  kHighMark = 1024 * 1024,
  kLowMark = 256 * 1024,
  kOverhead = 16 /* bytes that an allocation costs besides its content */
};

static struct answers* answers_of(const struct mosquitto* mosq) { return &state_of(mosq)->answers; }

/* The command of PONG frames (websocket.c) and of the engine's shared acknowledgements has the type 0. */
static bool is_answer(const struct mosquitto__packet* packet) {
  const uint8_t type = packet->command & 0xF0;
  return type == CMD_RESERVED || (type >= CMD_PUBACK && type <= CMD_PUBCOMP);
}

static uint64_t size_of(const struct mosquitto__packet* packet) {
  return sizeof *packet + packet->packet_length + kOverhead;
}

int repairs_queue(struct mosquitto* mosq, struct mosquitto__packet* packet) {
  if (has_client(mosq)) {
    struct answers* const answers = answers_of(mosq);
    answers->queued++;
    if (is_answer(packet)) answers->bytes += size_of(packet);
  }
  return engine_queue(mosq, packet, __real_packet__queue);
}

static uint64_t measure(struct mosquitto* mosq) {
  uint64_t bytes = 0;
  pthread_mutex_lock(&mosq->out_packet_mutex);
  for (const struct mosquitto__packet* packet = mosq->out_packet; packet != NULL; packet = packet->next) {
    if (is_answer(packet)) bytes += size_of(packet);
  }
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return bytes;
}

/* `bytes` only grows while packets leave. The queue is therefore measured anew when it seems to be too large. */
uint64_t repairs_queued_answers(struct mosquitto* mosq) {
  if (!has_client(mosq) || mosq->state != mosq_cs_active) return 0;
  struct answers* const answers = answers_of(mosq);
  if (mosq->out_packet == NULL) answers->bytes = answers->stopped = 0;
  const uint64_t mark = answers->stopped ? kLowMark : kHighMark;
  if (answers->bytes > mark) answers->bytes = measure(mosq);
  answers->stopped = answers->bytes > mark;
  return answers->stopped ? answers->bytes : 0;
}

/* Packets leave in the order in which they were queued: the PONG has left when as many have left as were queued up to
 * it. */
static bool pong_is_queued(const struct mosquitto* mosq, const struct answers* answers) {
  return answers->pong > answers->queued - (uint64_t)mosq->out_packet_count;
}

static void queue_pong(struct mosquitto* mosq, struct mosquitto__packet* pong) {
  mosq->wsd.opcode = WS_PING; /* the library answers it with the opcode of PONG */
  __wrap_packet__queue(mosq, pong);
  mosq->wsd.opcode = UINT8_MAX;
  if (has_client(mosq)) answers_of(mosq)->pong = answers_of(mosq)->queued;
}

/* RFC 6455 lets a client answer the newest PING alone when it has not answered the others yet. A PONG in the queue may
 * be half sent, or be in a TLS record, and cannot be replaced: the newest is stored beside it. */
void repairs_pong(struct mosquitto* mosq, struct mosquitto__packet* pong) {
  if (!has_client(mosq) || !pong_is_queued(mosq, answers_of(mosq))) {
    queue_pong(mosq, pong);
    return;
  }
  mosquitto_free(answers_of(mosq)->newest);
  answers_of(mosq)->newest = pong;
}

/* Queues the pending PONG when the one before has left. */
static void send_newest_pong(struct mosquitto* mosq) {
  if (!has_client(mosq)) return;
  struct answers* const answers = answers_of(mosq);
  if (answers->newest == NULL || !net__is_connected(mosq) || pong_is_queued(mosq, answers)) return;
  struct mosquitto__packet* const pong = answers->newest;
  answers->newest = NULL;
  queue_pong(mosq, pong);
}

int __wrap_packet__write(struct mosquitto* mosq) {
  const int rc = engine_write(mosq, __real_packet__write);
  send_newest_pong(mosq);
  return rc;
}

void repairs_forget_pong(struct mosquitto* mosq) {
  if (!has_client(mosq)) return;
  mosquitto_free(answers_of(mosq)->newest);
  answers_of(mosq)->newest = NULL;
}
