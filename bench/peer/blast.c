#include "blast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The size of a write: large enough to be cheap, and small enough for the processor's second cache.
enum { STRETCH_BYTES = 256 << 10, MIDS = 1 << 16, TOPIC_BYTES = 48 };

enum mid_state { FREE, SENT, RELEASED };

struct blast {
  struct options options;
  uint8_t* run;
  size_t* starts;   // offset of each packet in the run, and of the end of the last
  size_t* mids_at;  // in the run, QoS 1 and 2
  size_t packets;
  size_t next;           // packet
  size_t position, end;  // of the stretch that is being written
  uint16_t mid;          // of the last message
  uint8_t states[MIDS];
  size_t outstanding;
  long long sent, acknowledged;
  double started;  // 0 before the first message
  bool over, ended;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// At least one message for each topic, and enough to fill a stretch.
static size_t packets_in_run(const struct options* options) {
  const size_t packet = options->size + TOPIC_BYTES + PUBLISH_OVERHEAD;
  const size_t rounds = STRETCH_BYTES / (packet * options->topics);
  return options->topics * (rounds > 0 ? rounds : 1);
}

static void fill_payload(uint8_t* payload, size_t size, size_t number) {
  for (size_t i = 0; i < size; i++) payload[i] = (uint8_t)('a' + (number + i) % 26);
}

struct blast* blast_new(const struct options* options, bool v5) {
  struct blast* b = calloc(1, sizeof *b);
  if (b == NULL) return NULL;
  b->options = *options;
  b->packets = packets_in_run(options);
  b->run = malloc(b->packets * (options->size + TOPIC_BYTES + PUBLISH_OVERHEAD));
  b->starts = malloc((b->packets + 1) * sizeof *b->starts);
  b->mids_at = malloc(b->packets * sizeof *b->mids_at);
  if (b->run == NULL || b->starts == NULL || b->mids_at == NULL) {
    blast_free(b);
    return NULL;
  }
  uint8_t* to = b->run;
  for (size_t i = 0; i < b->packets; i++) {
    char topic[TOPIC_BYTES];
    uint8_t* mid_at;
    snprintf(topic, sizeof topic, "bench/blast/device/%05zu", i % options->topics);
    b->starts[i] = (size_t)(to - b->run);
    to = write_publish(to, options->qos, v5, topic, options->size, &mid_at);
    b->mids_at[i] = (size_t)(mid_at - b->run);
    fill_payload(to, options->size, i);
    to += options->size;
  }
  b->starts[b->packets] = (size_t)(to - b->run);
  return b;
}

void blast_free(struct blast* blast) {
  if (blast == NULL) return;
  free(blast->run);
  free(blast->starts);
  free(blast->mids_at);
  free(blast);
}

// Returns the number of messages that may be sent now, by the limits of unacknowledged messages and of the rate.
static size_t allowed(struct blast* b) {
  const struct options* o = &b->options;
  const double time = now();
  if (b->started == 0) b->started = time;
  const double elapsed = time - b->started;
  if (o->seconds > 0 ? elapsed >= o->seconds : b->sent >= o->count) {
    b->over = true;
    return 0;
  }
  size_t most = b->packets;
  if (o->seconds <= 0 && (long long)most > o->count - b->sent) most = (size_t)(o->count - b->sent);
  // Sends as soon as one message may be sent, as brokers do. Sending only larger groups would save system calls. But
  // clients that keep Nagle's algorithm would stall, because only the next message acknowledges their TCP segment.
  if (o->qos > 0 && most > o->inflight - b->outstanding) most = o->inflight - b->outstanding;
  if (o->rate > 0) {
    const long long due = (long long)(elapsed * o->rate) - b->sent;
    if (due <= 0) return 0;
    if ((long long)most > due) most = (size_t)due;
  }
  return most;
}

static void number(struct blast* b, size_t packet) {
  do b->mid++;
  while (b->mid == 0 || b->states[b->mid] != FREE);
  b->states[b->mid] = SENT;
  write_u16(b->run + b->mids_at[packet], b->mid);
}

struct stretch blast_next(struct blast* blast) {
  if (!blast_in_stretch(blast) && !blast->over) {
    if (blast->next == blast->packets) blast->next = 0;
    const size_t most = allowed(blast);
    const size_t start = blast->starts[blast->next];
    size_t taken = 0;
    blast->position = start;
    while (taken < most && blast->next < blast->packets &&
           (taken == 0 || blast->starts[blast->next + 1] - start <= STRETCH_BYTES)) {
      if (blast->options.qos > 0) number(blast, blast->next);
      blast->next++;
      taken++;
    }
    blast->end = blast->starts[blast->next];
    blast->sent += (long long)taken;
    if (blast->options.qos > 0) blast->outstanding += taken;
  }
  return (struct stretch){blast->run + blast->position, blast->end - blast->position};
}

void blast_written(struct blast* blast, size_t bytes) { blast->position += bytes; }

bool blast_in_stretch(const struct blast* blast) { return blast->position < blast->end; }

static bool settle(struct blast* b, uint16_t mid, enum mid_state from) {
  if (b->states[mid] != from) return false;
  b->states[mid] = FREE;
  b->outstanding--;
  b->acknowledged++;
  return true;
}

bool blast_puback(struct blast* blast, uint16_t mid) { return blast->options.qos == 1 && settle(blast, mid, SENT); }

bool blast_pubrec(struct blast* blast, uint16_t mid) {
  if (blast->options.qos != 2 || blast->states[mid] != SENT) return false;
  blast->states[mid] = RELEASED;
  return true;
}

bool blast_pubcomp(struct blast* blast, uint16_t mid) {
  return blast->options.qos == 2 && settle(blast, mid, RELEASED);
}

bool blast_ended(struct blast* blast) {
  if (blast->ended || !blast->over || blast->outstanding > 0 || blast_in_stretch(blast)) return false;
  blast->ended = true;
  return true;
}

bool blast_paced(const struct blast* blast) { return blast->options.rate > 0 && !blast->over; }

long long blast_sent(const struct blast* blast) { return blast->sent; }

long long blast_acknowledged(const struct blast* blast) { return blast->acknowledged; }
