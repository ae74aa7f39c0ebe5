#pragma once

#include "options.h"
#include "packet.h"

// Messages for one subscriber, made before the first is sent. They are consecutive in one run of bytes, which is
// written from its start to its end, repeatedly; only the message ids change.
struct blast;

// Bytes that may be written next: whole packets, or the rest of them.
struct stretch {
  const uint8_t* bytes;
  size_t length;
};

struct blast* blast_new(const struct options* options, bool v5);
void blast_free(struct blast* blast);

// Returns the bytes that the last stretch left over, or a new stretch; length 0 when nothing may be sent now.
struct stretch blast_next(struct blast* blast);
void blast_written(struct blast* blast, size_t bytes);
// In the middle of a stretch nothing else may be written.
bool blast_in_stretch(const struct blast* blast);

// Returns false when the client acknowledged a message that it was not sent, or acknowledged it twice.
bool blast_puback(struct blast* blast, uint16_t mid);
bool blast_pubrec(struct blast* blast, uint16_t mid);
bool blast_pubcomp(struct blast* blast, uint16_t mid);

// Returns true once: when all messages are sent and acknowledged.
bool blast_ended(struct blast* blast);
bool blast_paced(const struct blast* blast);
long long blast_sent(const struct blast* blast);
long long blast_acknowledged(const struct blast* blast);
