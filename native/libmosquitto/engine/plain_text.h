/* Recognises printable ASCII, as most topics are, eight bytes at a time. The library then need not check the bytes one
 * after the other for valid UTF-8. */
#ifndef LIBMOSQUITTO_PLAIN_TEXT_H
#define LIBMOSQUITTO_PLAIN_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A topic of this length cannot have more levels than the library allows. */
enum { kPlainTopicLength = 200 };

/* These functions check eight bytes at a time. The highest bit of a byte of the result is set when that byte is not
 * plain. A plain byte behind such a byte may be marked too: only whether any is marked counts. */
static inline uint64_t same_in_all(uint8_t byte) { return UINT64_C(0x0101010101010101) * byte; }

static inline uint64_t is_none(uint64_t bytes) { return (bytes - same_in_all(1)) & ~bytes; }

static inline uint64_t not_printable(uint64_t bytes) {
  const uint64_t below_space = (bytes - same_in_all(0x20)) & ~bytes;
  return (below_space | is_none(bytes ^ same_in_all(0x7F)) | bytes) & same_in_all(0x80);
}

static inline uint64_t wildcard(uint64_t bytes) {
  return (is_none(bytes ^ same_in_all('+')) | is_none(bytes ^ same_in_all('#'))) & same_in_all(0x80);
}

static inline int is_plain(const void* text, size_t length, int wildcards) {
  const uint8_t* const from = text;
  uint64_t bad = 0;
  for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
    uint64_t bytes = same_in_all(' ');
    const size_t left = length - i;
    if (left >= sizeof bytes) {
      memcpy(&bytes, from + i, sizeof bytes);
    } else if (length >= sizeof bytes) {
      memcpy(&bytes, from + length - sizeof bytes, sizeof bytes);
    } else {
      memcpy(&bytes, from, length);
    }
    bad |= not_printable(bytes) | (wildcards ? 0 : wildcard(bytes));
  }
  return bad == 0;
}

/* Returns true for a topic that passes the library's checks of a topic to publish to. */
static inline int is_plain_topic(const void* topic, size_t length) {
  return length > 0 && length <= kPlainTopicLength && is_plain(topic, length, 0);
}

#endif
