#pragma once

#include <stddef.h>
#include <stdint.h>

// Bytes that are queued for the socket.
struct buffer {
  uint8_t* data;
  size_t start, end, capacity;
};

// Makes room for `bytes` bytes at the end; ends the process when there is no memory.
uint8_t* buffer_room(struct buffer* buffer, size_t bytes);
void buffer_append(struct buffer* buffer, const void* bytes, size_t length);
void buffer_taken(struct buffer* buffer, size_t bytes);
size_t buffer_length(const struct buffer* buffer);
void buffer_free(struct buffer* buffer);
