#include "connection.h"

#include <stdlib.h>
#include <string.h>

// The size of the largest packet, and of one read: small enough for the processor's second cache.
enum { SCRATCH_BYTES = 4 << 20, READ_BYTES = 256 << 10, TURN = 16 };
// Above this number of unsent bytes the client is not read, because it does not read its acknowledgements.
enum { MAX_REPLIES = 4 << 20 };

// All connections use this buffer in turn, so ten thousand of them need no buffers of their own.
static uint8_t scratch[SCRATCH_BYTES];

static bool write_all(struct connection* c, bool* blocked) {
  struct session* s = &c->session;
  if (*blocked) return true;
  for (int turn = 0; turn < TURN; turn++) {
    session_blast_moved(s);
    const bool replies = buffer_length(&s->replies) > 0 && (s->blast == NULL || !blast_in_stretch(s->blast));
    struct stretch next = {0};
    if (replies)
      next = (struct stretch){s->replies.data + s->replies.start, buffer_length(&s->replies)};
    else if (s->blast != NULL)
      next = blast_next(s->blast);
    if (next.length == 0) {
      session_blast_moved(s);
      if (buffer_length(&s->replies) > 0) continue;
      return true;
    }
    const ssize_t written = transport_write(&c->transport, next.bytes, next.length);
    if (written == CLOSED) return false;
    if (written == WOULD_BLOCK) {
      *blocked = true;
      return true;
    }
    if (replies)
      buffer_taken(&s->replies, (size_t)written);
    else
      blast_written(s->blast, (size_t)written);
  }
  c->unfinished = true;
  return true;
}

static bool read_all(struct connection* c, bool* blocked) {
  struct session* s = &c->session;
  size_t have = buffer_length(&c->partial);
  if (have > 0) memcpy(scratch, c->partial.data + c->partial.start, have);
  buffer_taken(&c->partial, have);
  for (int turn = 0; buffer_length(&s->replies) < MAX_REPLIES; turn++) {
    if (turn == TURN) {
      c->unfinished = true;
      break;
    }
    const size_t room = SCRATCH_BYTES - have;
    if (room == 0) return false;
    const ssize_t got = transport_read(&c->transport, scratch + have, room < READ_BYTES ? room : READ_BYTES);
    if (got == CLOSED) return false;
    if (got == WOULD_BLOCK) break;
    have += (size_t)got;
    bool failed = false;
    const long used = session_receive(s, scratch, have, &failed);
    if (failed) s->totals->errors++;
    if (used < 0) return false;
    have -= (size_t)used;
    memmove(scratch, scratch + used, have);
    if (!write_all(c, blocked)) return false;
  }
  if (have > 0) buffer_append(&c->partial, scratch, have);
  return true;
}

bool connection_move(struct connection* connection) {
  connection->unfinished = false;
  bool blocked = false;
  return read_all(connection, &blocked) && write_all(connection, &blocked);
}

void connection_free(struct connection* connection) {
  transport_close(&connection->transport);
  session_free(&connection->session);
  buffer_free(&connection->partial);
  free(connection);
}
