/* Adapts the size of the read-ahead buffer to the traffic. The library always reads ahead by 4 KiB: one system call for
 * thirty small messages where there are thousands, and most of the memory of a silent connection. Here the buffer
 * begins small, grows while reads fill it, and shrinks when they no longer need it. */
#include "config.h"

#include "../engine.h"
#include "../hooks.h"
#include "mosquitto_internal.h"
#include "util_mosq.h"

enum {
  kLevels = 3,
  /* The buffer shrinks after this number of reads in a row for which a smaller one would have done. */
  kUnneeded = 16,
  /* When this many bytes of a packet are missing, they are read into the packet's own memory: reading them ahead would
   * copy them. */
  kLarge = 8 * 1024
};
static const uint16_t sizes[kLevels] = {512, 4 * 1024, 32 * 1024};

static int level_of(const struct mosquitto* mosq) {
  int level = 0;
  while (level < kLevels - 1 && sizes[level] < mosq->in_packet.packet_buffer_size) level++;
  return level;
}

/* The buffer must be empty. Without memory for a new one it stays as it is. */
static void resize(struct mosquitto* mosq, int level) {
  uint8_t* const buffer = mosquitto_malloc(sizes[level]);
  if (buffer == NULL) return;
  mosquitto_free(mosq->in_packet.packet_buffer);
  mosq->in_packet.packet_buffer = buffer;
  mosq->in_packet.packet_buffer_size = sizes[level];
}

void engine_init_read_ahead(struct mosquitto* mosq) { resize(mosq, 0); }

void engine_shrink_unused(struct mosquitto* mosq) {
  struct read_ahead* const state = &state_of(mosq)->read_ahead;
  const bool unused = state->used == 0 && mosq->in_packet.packet_buffer_to_process == 0;
  if (unused && level_of(mosq) > 0) resize(mosq, 0);
  state->used = 0;
}

/* Returns the place for a read that the library wants in `buffer`, and sets how much to read. */
static void* read_into(struct mosquitto* mosq, struct read_ahead* state, void* buffer, size_t* count) {
  if (buffer != mosq->in_packet.packet_buffer) {
    if (*count > kLarge) {
      state->unneeded = kUnneeded;
      state->filled = 0;
    }
    return buffer;
  }
  const int level = level_of(mosq);
  if (state->filled != 0 && level < kLevels - 1) {
    resize(mosq, level + 1);
  } else if (state->unneeded >= kUnneeded && level > 0) {
    resize(mosq, level - 1);
  } else {
    return buffer;
  }
  state->filled = state->unneeded = 0;
  *count = mosq->in_packet.packet_buffer_size;
  return mosq->in_packet.packet_buffer;
}

static void note(struct mosquitto* mosq, struct read_ahead* state, size_t count, size_t length) {
  const int level = level_of(mosq);
  const bool needed = level > 0 && length > sizes[level - 1];
  state->unneeded = needed || level == 0 ? 0 : state->unneeded + 1;
  state->filled = length == count;
  /* A short read shows that the socket is empty, except over TLS and WebSockets, which give a record or a frame. */
  if (length < count && mosq->ssl == NULL && mosq->transport == mosq_t_tcp) state->emptied = 1;
}

ssize_t engine_read(struct mosquitto* mosq, void* buffer, size_t count, library_reader* read) {
  struct read_ahead* const state = &state_of(mosq)->read_ahead;
  state->used = 1;
  buffer = read_into(mosq, state, buffer, &count);
  const ssize_t length = read(mosq, buffer, count);
  if (buffer == mosq->in_packet.packet_buffer && length > 0) note(mosq, state, count, (size_t)length);
  return length;
}
