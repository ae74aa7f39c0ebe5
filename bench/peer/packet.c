#include "packet.h"

#include <string.h>

uint16_t read_u16(const uint8_t* at) { return (uint16_t)(at[0] << 8 | at[1]); }

size_t read_varint(const uint8_t* data, size_t length, size_t* value) {
  *value = 0;
  for (size_t i = 0; i < length && i < 4; i++) {
    *value |= (size_t)(data[i] & 0x7f) << (7 * i);
    if ((data[i] & 0x80) == 0) return i + 1;
  }
  return 0;
}

int read_packet(const uint8_t* data, size_t length, struct packet* out) {
  if (length < 2) return 0;
  size_t remaining;
  const size_t used = read_varint(data + 1, length - 1, &remaining);
  if (used == 0) return length > 4 ? -1 : 0;
  out->type = (enum packet_type)(data[0] >> 4);
  out->flags = data[0] & 0x0f;
  out->body = data + 1 + used;
  out->length = remaining;
  out->total = 1 + used + remaining;
  return length >= out->total ? 1 : 0;
}

bool read_publish(const struct packet* packet, bool v5, struct publish* out) {
  const uint8_t* at = packet->body;
  const uint8_t* end = at + packet->length;
  if (end - at < 2) return false;
  out->qos = packet->flags >> 1 & 3;
  out->topic = at + 2;
  out->topic_length = read_u16(at);
  out->mid = 0;
  at += 2;
  if ((size_t)(end - at) < out->topic_length + (out->qos > 0 ? 2 : 0)) return false;
  at += out->topic_length;
  if (out->qos > 0) {
    out->mid = read_u16(at);
    at += 2;
  }
  if (v5) {
    size_t properties;
    const size_t used = read_varint(at, (size_t)(end - at), &properties);
    if (used == 0 || (size_t)(end - at) < used + properties) return false;
    at += used + properties;
  }
  out->payload = at;
  out->payload_length = (size_t)(end - at);
  return true;
}

uint8_t* write_u16(uint8_t* to, uint16_t value) {
  *to++ = (uint8_t)(value >> 8);
  *to++ = (uint8_t)value;
  return to;
}

uint8_t* write_remaining(uint8_t* to, size_t length) {
  do {
    uint8_t byte = length & 0x7f;
    length >>= 7;
    if (length > 0) byte |= 0x80;
    *to++ = byte;
  } while (length > 0);
  return to;
}

uint8_t* write_ack(uint8_t* to, enum packet_type type, uint16_t mid) {
  *to++ = (uint8_t)(type << 4 | (type == PUBREL ? 2 : 0));
  *to++ = 2;
  return write_u16(to, mid);
}

uint8_t* write_publish(uint8_t* to, int qos, bool v5, const char* topic, size_t payload_length, uint8_t** mid_at) {
  const size_t topic_length = strlen(topic);
  *to++ = (uint8_t)(PUBLISH << 4 | qos << 1);
  to = write_remaining(to, 2 + topic_length + (qos > 0 ? 2 : 0) + (v5 ? 1 : 0) + payload_length);
  to = write_u16(to, (uint16_t)topic_length);
  memcpy(to, topic, topic_length);
  to += topic_length;
  if (mid_at != NULL) *mid_at = to;
  if (qos > 0) to = write_u16(to, 0);
  if (v5) *to++ = 0;
  return to;
}
