#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The bytes of MQTT 3.1.1 and 5 that a broker for measurements needs.

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

// 1: a whole packet; 0: more bytes are needed; -1: no MQTT.
int read_packet(const uint8_t* data, size_t length, struct packet* out);
bool read_publish(const struct packet* packet, bool v5, struct publish* out);
uint16_t read_u16(const uint8_t* at);

// Each writes at `to` and returns the end of what it wrote.
uint8_t* write_u16(uint8_t* to, uint16_t value);
uint8_t* write_remaining(uint8_t* to, size_t length);
uint8_t* write_ack(uint8_t* to, enum packet_type type, uint16_t mid);

// The most bytes that write_publish() puts before the payload, the topic not counted.
enum { PUBLISH_OVERHEAD = 10 };
// All but the payload; *mid_at, when not NULL, is told where the message id of QoS 1 and 2 is.
uint8_t* write_publish(uint8_t* to, int qos, bool v5, const char* topic, size_t payload_length, uint8_t** mid_at);

// The length of a variable byte integer at the start of data and its value; 0 when it is cut short or malformed.
size_t read_varint(const uint8_t* data, size_t length, size_t* value);
