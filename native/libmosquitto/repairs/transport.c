/* Repairs below MQTT: WebSocket frames, the ways to a broker, TLS. As repairs.c. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "http_client.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "../library.h"
#include "secrets.h"
#include "send_mosq.h"
#include "util_mosq.h"

extern __typeof__(send__connect) __real_send__connect, __wrap_send__connect;
extern __typeof__(net__write) __real_net__write, __wrap_net__write;

extern __typeof__(http_c__context_init) __wrap_http_c__context_init;
extern __typeof__(http_c__read) __wrap_http_c__read;
extern __typeof__(net__read_ws) __wrap_net__read_ws;
extern __typeof__(packet__read) __real_packet__read, __wrap_packet__read;

/* After a SOCKS or an HTTP handshake the library sends CONNECT without its properties; and
 * after a SOCKS handshake also where an HTTP handshake comes next. */
int __wrap_send__connect(struct mosquitto* mosq, uint16_t keepalive, bool clean_session,
                         const mosquitto_property* properties) {
  if (mosq->transport == mosq_t_http) {
    mosquitto__set_state(mosq, mosq_cs_connected);
    return __wrap_http_c__context_init(mosq);
  }
  if (properties == NULL && mosq->protocol == mosq_p_mqtt5) properties = mosq->connect_properties;
  return __real_send__connect(mosq, keepalive, clean_session, properties);
}

void repairs_note_tls(struct mosquitto* mosq, long length) {
  if (length > 0 || errno != EPROTO || mosq->ssl == NULL) return;
  if (has_client(mosq)) repairs_tls_failed(mosq->userdata);
}

/* The bound of the last read does not hold: a handshake that took long would keep the alert unread. */
static void read_alert(struct mosquitto* mosq) {
  char byte;
  if (has_client(mosq)) {
    struct read_bound* const bound = &repairs_kept(mosq->userdata)->bound;
    const struct read_bound before = *bound;
    repairs_begin_read(mosq, 0);
    net__read(mosq, &byte, sizeof byte);
    *bound = before;
    return;
  }
  net__read(mosq, &byte, sizeof byte);
}

/* A peer that refuses us sends an alert and resets the connection: a write sees the reset
 * alone, while the alert that says why waits to be read. */
ssize_t __wrap_net__write(struct mosquitto* mosq, const void* buffer, size_t count) {
  const int failed = repairs_gathered_failed();
  if (failed != 0) {
    set_error(failed);
    return -1;
  }
  const ssize_t length = __real_net__write(mosq, buffer, count);
  repairs_note_tls(mosq, length);
  if (length > 0) secrets_forget_sent(mosq, buffer, (size_t)length);
  if (length >= 0 || mosq->ssl == NULL || !is_reset(errno)) return length;
  const int error = errno;
  read_alert(mosq);
  set_error(error);
  return length;
}

#ifdef WIN32
extern __typeof__(net__socketpair) __wrap_net__socketpair;

/* Without socketpair() the library connects two sockets by way of the network. native/driver/libc_hooks.cc tells what
 * they are for, and why there are none. */
int __wrap_net__socketpair(mosq_sock_t* reader, mosq_sock_t* writer) {
  *reader = *writer = INVALID_SOCKET;
  return MOSQ_ERR_NOT_SUPPORTED;
}
#endif

/* The library does it in the first TLS connection, and looks without a lock whether it has
 * done it: two threads may both find that it is to be done, or the one half of the other. */
void repairs_initialise(void) { net__init_tls(); }

void repairs_forget_psk(struct mosquitto* mosq) {
  secrets_free(&mosq->tls_psk);
  mosquitto_free(mosq->tls_psk_identity);
  mosq->tls_psk_identity = NULL;
  /* mosquitto_tls_psk_set() replaces the ciphers too, by none when it is given none. */
  mosquitto_free(mosq->tls_ciphers);
  mosq->tls_ciphers = NULL;
}

int repairs_speaks_mqtt5(const struct mosquitto* mosq) { return mosq->protocol == mosq_p_mqtt5; }

int repairs_alpn_clear(struct mosquitto* mosq) {
  mosquitto_free(mosq->tls_alpn);
  mosq->tls_alpn = NULL;
  return MOSQ_ERR_SUCCESS;
}

/* The library takes for MQTT whatever a SOCKS proxy passes on. */
int __wrap_packet__read(struct mosquitto* mosq) {
  if (mosq->transport == mosq_t_http) return __wrap_http_c__read(mosq);
  /* The first packet may have been put aside, and given back (repairs_hold()). */
  const int rc = mosq->in_packet.command == 0 ? repairs_check_next_type(mosq) : MOSQ_ERR_SUCCESS;
  return rc == MOSQ_ERR_SUCCESS ? __real_packet__read(mosq) : rc;
}

/* net__read_ws() anew. The library's takes the first half of a length for the whole, takes
 * an empty frame's header for data, passes over CLOSE, and gives the opcode of a frame
 * that it has read in part to whatever is sent meanwhile. So that it has nothing to give,
 * `opcode` stays empty here; `mask` holds the frame's opcode. */

enum { kNothing = UINT8_MAX, kProtocolError = 0xEA, kNotAcceptable = 0xEB };
/* Frames without data that are read in one go: a peer may send them faster than they are read. */
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

/* 1 when the header is complete, else what net__read() says. */
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

/* 1 when the frame is dealt with, 0 for the end of the connection. */
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
  /* There is more, and none of it was for the library. It comes back without waiting for the socket. */
  set_error(COMPAT_EINTR);
  return -1;
}

ssize_t __wrap_net__read_ws(struct mosquitto* mosq, void* buffer, size_t count) {
  return repairs_read(mosq, buffer, count, read_ws);
}
