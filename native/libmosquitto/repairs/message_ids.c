/* Chooses message ids. The library counts from 1 in every process, and uses an id again after 65,535 others, whether
 * or not its message is complete. The PUBACK of the new message then confirms the old one, which is lost. A
 * persistent session of the broker may have an unfinished message of an earlier process, and takes the first message
 * of this one for it. Here the first id is chosen at random, and an id in use is skipped (test:
 * mosquitto/message-ids). */
#include "config.h"

#include <string.h>

#include "internal.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "util_mosq.h"
#include "utlist.h"

extern __typeof__(mosquitto__mid_generate) __real_mosquitto__mid_generate, __wrap_mosquitto__mid_generate;

enum { kIds = UINT16_MAX, kWordBits = 64, kFirstRoom = 16 };

/* One bit for each id, and one for 0, which is no id. */
struct ids {
  uint64_t words[(kIds + 1) / kWordBits];
};

static void mark(struct ids* used, int id) { used->words[id / kWordBits] |= UINT64_C(1) << id % kWordBits; }

static bool is_used(const struct ids* used, int id) { return (used->words[id / kWordBits] >> id % kWordBits & 1) != 0; }

/* A message of QoS 0 has an id for on_publish alone, which is called when the packet is written. */
static void mark_packets(struct ids* used, const struct mosquitto__packet* packet) {
  for (; packet != NULL; packet = packet->next) {
    if ((packet->command & 0xF0) == CMD_PUBLISH) mark(used, packet->mid);
  }
}

void repairs_note_request(struct mosquitto* mosq, const struct mosquitto__packet* packet) {
  if (!has_client(mosq)) return;
  struct unanswered* const open = &state_of(mosq)->unanswered;
  if (open->count == open->room) {
    const uint32_t room = open->room == 0 ? kFirstRoom : open->room * 2;
    uint16_t* const ids = mosquitto_realloc(open->ids, room * sizeof *ids);
    if (ids == NULL) return;
    open->ids = ids;
    open->room = room;
  }
  open->ids[open->count++] = repairs_request_id(packet);
}

uint16_t repairs_request_id(const struct mosquitto__packet* packet) {
  const uint8_t* const id = packet->payload + WS_PACKET_OFFSET + 1 + packet->remaining_count;
  return (uint16_t)(id[0] << 8 | id[1]);
}

void repairs_note_answer(struct mosquitto* mosq) {
  if (!has_client(mosq) || mosq->in_packet.remaining_length < 2) return;
  repairs_forget_request(mosq, (uint16_t)(mosq->in_packet.payload[0] << 8 | mosq->in_packet.payload[1]));
}

void repairs_forget_request(struct mosquitto* mosq, uint16_t id) {
  struct unanswered* const open = &state_of(mosq)->unanswered;
  for (uint32_t i = 0; i < open->count; i++) {
    if (open->ids[i] != id) continue;
    open->ids[i] = open->ids[--open->count];
    return;
  }
}

void repairs_forget_requests(struct mosquitto* mosq) {
  struct unanswered* const open = &state_of(mosq)->unanswered;
  mosquitto_free(open->ids);
  *open = (struct unanswered){0};
}

int repairs_has_free_id(struct mosquitto* mosq) {
  return (size_t)mosq->msgs_out.queue_len + state_of(mosq)->unanswered.count < kIds;
}

void repairs_begin_ids(struct mosquitto* mosq, uint16_t last) { mosq->last_mid = last; }

/* Marks the ids that mean something to the broker: no message may get one of them. */
static void find_used(const struct mosquitto* mosq, struct ids* used) {
  const struct handle_state* const state = state_of(mosq);
  memset(used, 0, sizeof *used);
  mark(used, 0);
  const struct mosquitto_message_all* message;
  DL_FOREACH(mosq->msgs_out.inflight, message) mark(used, (uint16_t)message->msg.mid);
  for (uint32_t i = 0; i < state->unanswered.count; i++) mark(used, state->unanswered.ids[i]);
}

/* Returns the next id after `last` that is not marked; 0 when all are. */
static int next_free(const struct ids* used, int last) {
  for (int looked = 0, id = last; looked <= kIds; looked++) {
    id = (id + 1) & kIds;
    if (!is_used(used, id)) return id;
  }
  return 0;
}

/* Goes on to the next id that is not in use, and counts the unused ids that follow it. These are given out without
 * another search, since nothing else brings an id into use. Queued messages of QoS 0 retain their ids too, as long as
 * there are others. */
static void find_free(struct mosquitto* mosq, uint32_t* free_ids) {
  struct ids used;
  find_used(mosq, &used);
  struct ids taken = used;
  mark_packets(&taken, mosq->out_packet);
  mark_packets(&taken, state_of(mosq)->parked.first);
  const struct ids* avoided = &taken;
  int id = next_free(avoided, mosq->last_mid);
  if (id == 0) {
    avoided = &used;
    id = next_free(avoided, mosq->last_mid);
  }
  if (id == 0) return;
  mosq->last_mid = (uint16_t)(id - 1);
  for (; id <= kIds && !is_used(avoided, id); id++) ++*free_ids;
}

uint16_t __wrap_mosquitto__mid_generate(struct mosquitto* mosq) {
  if (!has_client(mosq)) return __real_mosquitto__mid_generate(mosq);
  uint32_t* const free_ids = &state_of(mosq)->free_ids;
  if (*free_ids == 0) find_free(mosq, free_ids);
  if (*free_ids == 0) return __real_mosquitto__mid_generate(mosq);
  --*free_ids;
  return ++mosq->last_mid;
}
