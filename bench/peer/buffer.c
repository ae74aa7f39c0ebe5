#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t* buffer_room(struct buffer* b, size_t bytes) {
  if (b->capacity - b->end < bytes) {
    if (b->start > 0) memmove(b->data, b->data + b->start, b->end - b->start);
    b->end -= b->start;
    b->start = 0;
    size_t capacity = b->capacity > 0 ? b->capacity : 64;
    while (capacity - b->end < bytes) capacity *= 2;
    b->data = realloc(b->data, capacity);
    if (b->data == NULL) {
      fputs("peer: out of memory\n", stderr);
      exit(1);
    }
    b->capacity = capacity;
  }
  return b->data + b->end;
}

void buffer_append(struct buffer* buffer, const void* bytes, size_t length) {
  memcpy(buffer_room(buffer, length), bytes, length);
  buffer->end += length;
}

void buffer_taken(struct buffer* buffer, size_t bytes) {
  buffer->start += bytes;
  if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
}

size_t buffer_length(const struct buffer* buffer) { return buffer->end - buffer->start; }

void buffer_free(struct buffer* buffer) { free(buffer->data); }
