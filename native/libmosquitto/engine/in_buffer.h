/* Finds the packets that are complete in the read-ahead buffer. */
#ifndef LIBMOSQUITTO_IN_BUFFER_H
#define LIBMOSQUITTO_IN_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "../read_bound.h"
#include "mosquitto_internal.h"

struct buffered_packet {
  uint8_t command;
  uint8_t* body;                  /* behind the fixed header */
  uint32_t header_length, length; /* sizes of the fixed header and of the rest */
};

/* Finds the next packet in the buffer. Returns false when it is not there as a whole, or when its length is encoded in
 * a way that the library must judge. */
static inline bool next_in_buffer(const struct mosquitto__packet_in* in, struct buffered_packet* packet) {
  uint8_t* const at = in->packet_buffer + in->packet_buffer_pos;
  const uint32_t available = in->packet_buffer_to_process;
  if (available < 3) return false;
  uint32_t header_length = 2;
  uint32_t length = at[1];
  if (length >= 0x80) {
    if (at[2] == 0 || at[2] >= 0x80) return false;
    header_length = 3;
    length = (length & 0x7F) | (uint32_t)at[2] << 7;
  }
  if (length > available - header_length) return false;
  *packet = (struct buffered_packet){
      .command = at[0], .body = at + header_length, .header_length = header_length, .length = length};
  return true;
}

/* Removes a packet that was handled, or is about to be. */
static inline void take_from_buffer(struct mosquitto__packet_in* in, const struct buffered_packet* packet) {
  const uint32_t taken = packet->header_length + packet->length;
  in->packet_buffer_pos = (uint16_t)(in->packet_buffer_pos + taken);
  in->packet_buffer_to_process = (uint16_t)(in->packet_buffer_to_process - taken);
}

#endif
