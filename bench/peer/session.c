#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECEIVED_MID_BYTES = (1 << 16) / 8, MIN_END_LENGTH = 16, SMALL = 1024 };

static const char sink[] = "bench/sink/";
static const char sink_end[] = "bench/end";
static const char sink_done[] = "bench/done";
static const char echo[] = "bench/echo";
static const char blast_filter[] = "bench/blast/#";
static const char blast_end[] = "bench/blast/device/ended";

static bool is(const uint8_t* bytes, size_t length, const char* text) {
  return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

static void reply_ack(struct session* s, enum packet_type type, uint16_t mid) {
  s->replies.end += (size_t)(write_ack(buffer_room(&s->replies, 4), type, mid) - (s->replies.data + s->replies.end));
}

static void reply_publish(struct session* s, const char* topic, const void* payload, size_t length) {
  uint8_t head[64];
  const uint8_t* end = write_publish(head, 0, s->v5, topic, length, NULL);
  buffer_append(&s->replies, head, (size_t)(end - head));
  buffer_append(&s->replies, payload, length);
}

static void reply_number(struct session* s, const char* topic, long long number) {
  char text[24];
  const int length = snprintf(text, sizeof text, "%lld", number);
  reply_publish(s, topic, text, (size_t)length);
}

static bool on_connect(struct session* s, const struct packet* packet) {
  // Protocol name 'MQTT' with its length, then the level.
  if (s->connected || packet->length < 10 || memcmp(packet->body, "\0\4MQTT", 6) != 0) return false;
  s->v5 = packet->body[6] == 5;
  s->connected = true;
  s->totals->connections++;
  static const uint8_t connack[] = {CONNACK << 4, 2, 0, 0};
  static const uint8_t connack5[] = {CONNACK << 4, 3, 0, 0, 0};
  if (s->v5)
    buffer_append(&s->replies, connack5, sizeof connack5);
  else
    buffer_append(&s->replies, connack, sizeof connack);
  return true;
}

// SUBSCRIBE and UNSUBSCRIBE: every filter is granted.
static bool on_filters(struct session* s, const struct packet* packet) {
  const bool subscribe = packet->type == SUBSCRIBE;
  const uint8_t* at = packet->body;
  const uint8_t* end = at + packet->length;
  if (end - at < 2) return false;
  const uint16_t mid = read_u16(at);
  at += 2;
  if (s->v5) {
    size_t properties;
    const size_t used = read_varint(at, (size_t)(end - at), &properties);
    if (used == 0 || (size_t)(end - at) < used + properties) return false;
    at += used + properties;
  }
  uint8_t codes[64];
  size_t count = 0;
  while (at < end) {
    if (end - at < 2) return false;
    const size_t length = read_u16(at);
    const uint8_t* filter = at + 2;
    if ((size_t)(end - filter) < length + (subscribe ? 1 : 0) || count == sizeof codes) return false;
    at = filter + length;
    codes[count++] = subscribe ? *at++ & 3 : 0;
    if (subscribe && is(filter, length, blast_filter) && s->blast == NULL) {
      s->blast = blast_new(s->options, s->v5);
      if (s->blast == NULL) return false;
    }
  }
  const bool with_codes = subscribe || s->v5;
  uint8_t head[8];
  uint8_t* to = head;
  *to++ = (uint8_t)((subscribe ? SUBACK : UNSUBACK) << 4);
  to = write_remaining(to, (s->v5 ? 3u : 2u) + (with_codes ? count : 0));
  to = write_u16(to, mid);
  if (s->v5) *to++ = 0;
  buffer_append(&s->replies, head, (size_t)(to - head));
  if (with_codes) buffer_append(&s->replies, codes, count);
  return true;
}

// Returns false when this message of QoS 2 was received before, because it counts once.
static bool first_time(struct session* s, uint16_t mid) {
  if (s->received_mids == NULL) s->received_mids = calloc(1, RECEIVED_MID_BYTES);
  if (s->received_mids == NULL) return true;
  const uint8_t bit = (uint8_t)(1 << (mid & 7));
  const bool first = (s->received_mids[mid >> 3] & bit) == 0;
  s->received_mids[mid >> 3] |= bit;
  return first;
}

static bool on_publish(struct session* s, const struct packet* packet) {
  struct publish publish;
  if (!read_publish(packet, s->v5, &publish)) return false;
  if (publish.qos > 0) reply_ack(s, publish.qos == 1 ? PUBACK : PUBREC, publish.mid);
  if (publish.qos == 2 && !first_time(s, publish.mid)) return true;
  const size_t prefix = sizeof sink - 1;
  if (publish.topic_length > prefix && memcmp(publish.topic, sink, prefix) == 0) {
    s->received++;
    s->totals->received++;
    if (publish.qos > 0)
      s->totals->handshakes++;
    else if (publish.payload_length <= SMALL)
      s->totals->small++;
  } else if (is(publish.topic, publish.topic_length, echo)) {
    reply_publish(s, echo, publish.payload, publish.payload_length);
  } else if (is(publish.topic, publish.topic_length, sink_end)) {
    reply_number(s, sink_done, s->received);
    s->received = 0;
  }
  return true;
}

static bool on_pubrel(struct session* s, uint16_t mid) {
  if (s->received_mids != NULL) s->received_mids[mid >> 3] &= (uint8_t)~(1 << (mid & 7));
  reply_ack(s, PUBCOMP, mid);
  return true;
}

static bool on_acknowledgement(struct session* s, const struct packet* packet) {
  if (packet->length < 2) return false;
  const uint16_t mid = read_u16(packet->body);
  s->totals->handshakes++;
  if (packet->type == PUBREL) return on_pubrel(s, mid);
  if (s->blast == NULL) return false;
  if (packet->type == PUBACK) return blast_puback(s->blast, mid);
  if (packet->type == PUBCOMP) return blast_pubcomp(s->blast, mid);
  if (!blast_pubrec(s->blast, mid)) return false;
  reply_ack(s, PUBREL, mid);
  return true;
}

static bool on_packet(struct session* s, const struct packet* packet) {
  if (!s->connected) return packet->type == CONNECT && on_connect(s, packet);
  static const uint8_t pingresp[] = {PINGRESP << 4, 0};
  switch (packet->type) {
    case PUBLISH:
      return on_publish(s, packet);
    case PUBACK:
    case PUBREC:
    case PUBREL:
    case PUBCOMP:
      return on_acknowledgement(s, packet);
    case SUBSCRIBE:
    case UNSUBSCRIBE:
      return on_filters(s, packet);
    case PINGREQ:
      buffer_append(&s->replies, pingresp, sizeof pingresp);
      return true;
    default:
      return false;
  }
}

long session_receive(struct session* session, const uint8_t* data, size_t length, bool* failed) {
  size_t used = 0;
  for (;;) {
    struct packet packet;
    const int found = read_packet(data + used, length - used, &packet);
    if (found == 0) return (long)used;
    const bool disconnect = found > 0 && packet.type == DISCONNECT && session->connected;
    if (found < 0 || disconnect || !on_packet(session, &packet)) {
      *failed = !disconnect;
      return -1;
    }
    used += packet.total;
  }
}

// The packet is as long as those before it: u8-mqtt 0.6.7 does not detect a shorter one until more bytes follow.
static void reply_blast_end(struct session* s) {
  const size_t mid_length = s->options->qos > 0 ? 2 : 0;
  const size_t length = (s->options->size > MIN_END_LENGTH ? s->options->size : MIN_END_LENGTH) + mid_length;
  char* payload = malloc(length + 1);
  if (payload == NULL) return;
  snprintf(payload, length + 1, "%-*lld", (int)length, blast_sent(s->blast));
  reply_publish(s, blast_end, payload, length);
  free(payload);
}

void session_blast_moved(struct session* session) {
  if (session->blast != NULL && blast_ended(session->blast)) reply_blast_end(session);
}

void session_free(struct session* session) {
  if (session->blast != NULL) {
    session->totals->sent += blast_sent(session->blast);
    session->totals->acknowledged += blast_acknowledged(session->blast);
  }
  blast_free(session->blast);
  buffer_free(&session->replies);
  free(session->received_mids);
}
