/* Reads WebSocket frames, in place of the library's net__read_ws(). That takes the first half of a length for the
 * whole, takes the header of an empty frame for data, ignores CLOSE, and gives the opcode of a frame that it has read
 * in part to whatever is sent meanwhile. Messages were lost, and connections hung or ended (test:
 * transports/websocket-frames).
 *
 * `wsd.mask` has the opcode of the frame that is being read. `wsd.opcode`, which the library would give to a frame that
 * it sends, stays empty. */
#include "config.h"

#include <errno.h>

#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"

extern __typeof__(net__read_ws) __wrap_net__read_ws;

enum { kNothing = UINT8_MAX, kProtocolError = 0xEA, kNotAcceptable = 0xEB };
/* At most this number of frames without data is read at once: a peer may send them faster than they are read. */
enum { kMostFrames = 64 };

static ssize_t refuse(struct ws_data* ws, uint8_t reason) {
  ws->disconnect_reason = reason;
  set_error(EPROTO);
  return -1;
}

static int is_control(uint8_t opcode) { return (opcode & 0x08) != 0; }

static ssize_t begin_frame(struct mosquitto* mosq) {
  struct ws_data* const ws = &mosq->wsd;
  uint8_t byte;
  const ssize_t length = net__read(mosq, &byte, 1);
  if (length <= 0) return length;
  const uint8_t opcode = byte & 0x0F;
  if ((byte & 0x70) != 0) return refuse(ws, kProtocolError);
  if (opcode == WS_TEXT) return refuse(ws, kNotAcceptable);
  if (opcode != WS_CONTINUATION && opcode != WS_BINARY && (opcode < WS_CLOSE || opcode > WS_PONG)) {
    return refuse(ws, kProtocolError);
  }
  if (is_control(opcode) && (byte & 0x80) == 0) return refuse(ws, kProtocolError);
  ws->mask = opcode;
  ws->payloadlen_bytes = kNothing;
  ws->payloadlen = 0;
  ws->pos = 0;
  return length;
}

static ssize_t begin_length(struct mosquitto* mosq) {
  struct ws_data* const ws = &mosq->wsd;
  uint8_t byte;
  const ssize_t length = net__read(mosq, &byte, 1);
  if (length <= 0) return length;
  const uint8_t announced = byte & 0x7F;
  if (is_control(ws->mask) && announced > 125) return refuse(ws, kProtocolError);
  ws->payloadlen_bytes = announced == 126 ? 2 : announced == 127 ? 8 : 0;
  ws->payloadlen = ws->payloadlen_bytes == 0 ? announced : 0;
  ws->mask_bytes = (byte & 0x80) != 0 ? sizeof ws->maskingkey : 0;
  memset(ws->maskingkey, 0, sizeof ws->maskingkey);
  return length;
}

/* Returns 1 when the header is complete, else the result of net__read(). */
static ssize_t read_frame_header(struct mosquitto* mosq) {
  struct ws_data* const ws = &mosq->wsd;
  ssize_t length;
  uint8_t byte;
  if (ws->mask == kNothing && (length = begin_frame(mosq)) <= 0) return length;
  if (ws->payloadlen_bytes == kNothing && (length = begin_length(mosq)) <= 0) return length;
  for (; ws->payloadlen_bytes > 0; ws->payloadlen_bytes--) {
    if ((length = net__read(mosq, &byte, 1)) <= 0) return length;
    ws->payloadlen = ws->payloadlen << 8 | byte;
  }
  if (ws->payloadlen > MQTT_MAX_PAYLOAD) return refuse(ws, kProtocolError);
  for (; ws->mask_bytes > 0; ws->mask_bytes--) {
    if ((length = net__read(mosq, &byte, 1)) <= 0) return length;
    ws->maskingkey[sizeof ws->maskingkey - ws->mask_bytes] = byte;
  }
  return 1;
}

/* Reads from the payload of the frame that is being read. */
static ssize_t read_frame_payload(struct mosquitto* mosq, uint8_t* buffer, size_t count) {
  struct ws_data* const ws = &mosq->wsd;
  const uint64_t left = ws->payloadlen - (uint64_t)ws->pos;
  const ssize_t length = net__read(mosq, buffer, count < left ? count : (size_t)left);
  for (ssize_t i = 0; i < length; i++) buffer[i] ^= ws->maskingkey[(ws->pos + i) % 4];
  if (length > 0) ws->pos += length;
  return length;
}

/* Returns 1 when the frame was handled, 0 for the end of the connection. */
static ssize_t read_control_frame(struct mosquitto* mosq) {
  struct ws_data* const ws = &mosq->wsd;
  if (ws->out_packet == NULL) {
    const size_t size = sizeof(struct mosquitto__packet) + WS_PACKET_OFFSET + ws->payloadlen + 1;
    if ((ws->out_packet = mosquitto_calloc(1, size)) == NULL) {
      set_error(ENOMEM);
      return -1;
    }
    ws->out_packet->packet_length = (uint32_t)ws->payloadlen + WS_PACKET_OFFSET;
  }
  while ((uint64_t)ws->pos < ws->payloadlen) {
    const ssize_t length =
        read_frame_payload(mosq, &ws->out_packet->payload[WS_PACKET_OFFSET + ws->pos], (size_t)ws->payloadlen);
    if (length <= 0) return length;
  }
  struct mosquitto__packet* const packet = ws->out_packet;
  ws->out_packet = NULL;
  const uint8_t opcode = ws->mask;
  ws->mask = kNothing;
  if (opcode == WS_PING) {
    repairs_pong(mosq, packet);
    return 1;
  }
  mosquitto_free(packet);
  return opcode == WS_CLOSE ? 0 : 1;
}

static ssize_t read_ws(struct mosquitto* mosq, void* buffer, size_t count) {
  struct ws_data* const ws = &mosq->wsd;
  for (int frames = 0; frames < kMostFrames; frames++) {
    ssize_t length = read_frame_header(mosq);
    if (length <= 0) return length;
    if (is_control(ws->mask)) {
      if ((length = read_control_frame(mosq)) <= 0) return length;
      continue;
    }
    const int empty = ws->payloadlen == 0;
    if (!empty && (length = read_frame_payload(mosq, buffer, count)) <= 0) return length;
    if ((uint64_t)ws->pos == ws->payloadlen) ws->mask = kNothing;
    if (!empty) return length;
  }
  /* None of these frames was for the library. It comes back at once for this errno, though the socket may be empty. */
  set_error(COMPAT_EINTR);
  return -1;
}

ssize_t __wrap_net__read_ws(struct mosquitto* mosq, void* buffer, size_t count) {
  return repairs_read(mosq, buffer, count, read_ws);
}
