#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The packets of MQTT 3.1.1 and 5 that a broker for measurements needs.

enum packet_type {
  CONNECT = 1,
  CONNACK,
  PUBLISH,
  PUBACK,
  PUBREC,
  PUBREL,
  PUBCOMP,
  SUBSCRIBE,
  SUBACK,
  UNSUBSCRIBE,
  UNSUBACK,
  PINGREQ,
  PINGRESP,
  DISCONNECT,
};

struct packet {
  enum packet_type type;
  uint8_t flags;
  const uint8_t* body;
  size_t length;  // bytes of the body
  size_t total;   // bytes of the whole packet
};

struct publish {
  int qos;
  uint16_t mid;
  const uint8_t* topic;
  size_t topic_length;
  const uint8_t* payload;
  size_t payload_length;
};

// Returns 1 for a complete packet, 0 when more bytes are needed, -1 for bytes that are not MQTT.
int read_packet(const uint8_t* data, size_t length, struct packet* out);
bool read_publish(const struct packet* packet, bool v5, struct publish* out);
uint16_t read_u16(const uint8_t* at);

// Each function writes at `to` and returns the end of the packet.
uint8_t* write_u16(uint8_t* to, uint16_t value);
uint8_t* write_remaining(uint8_t* to, size_t length);
uint8_t* write_ack(uint8_t* to, enum packet_type type, uint16_t mid);

// The largest number of bytes that write_publish() puts before the payload, without the topic.
enum { PUBLISH_OVERHEAD = 10 };
// Writes all but the payload. Stores the place of the message id of QoS 1 and 2 in *mid_at, unless that is NULL.
uint8_t* write_publish(uint8_t* to, int qos, bool v5, const char* topic, size_t payload_length, uint8_t** mid_at);

// Reads a variable byte integer at the start of data. Returns its length; 0 when it is cut short or malformed.
size_t read_varint(const uint8_t* data, size_t length, size_t* value);
