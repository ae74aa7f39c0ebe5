/* The HTTP handshake of WebSockets (test: transports/handshake-bytes). Faults of the library:
 * - It writes the request into 1024 bytes, and sends as many bytes as a longer request would have had: memory behind
 *   the buffer reaches the peer.
 * - It reads whatever is there, and forgets the bytes behind the response: frames are lost.
 * - It stops at a NUL, which hides all that comes later.
 * - It follows the null pointer that its parser gives as the name of a folded header line. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#ifndef WIN32
#include <sys/socket.h>
#endif

#include "internal.h"
#include "mosquitto_internal.h"
#include "repairs.h"

#include "http_client.h"
#include "net_mosq.h"
#include "packet_mosq.h"

extern __typeof__(http_c__context_init) __wrap_http_c__context_init;
extern __typeof__(http_c__read) __real_http_c__read, __wrap_http_c__read;

static const char request_format[] =
    "GET %s HTTP/1.1\r\n"
    "Host: %s\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: %s\r\n"
    "Sec-WebSocket-Protocol: mqtt\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "\r\n";

/* Makes the key of this connection, and stores the answer that the server has to give to it. */
static char* make_key(struct mosquitto* mosq) {
  enum { kKeyBytes = 16 };
  unsigned char bytes[kKeyBytes];
  char* key = NULL;
  if (mosquitto_getrandom(bytes, kKeyBytes) != MOSQ_ERR_SUCCESS) return NULL;
  if (mosquitto_base64_encode(bytes, kKeyBytes, &key) != MOSQ_ERR_SUCCESS) return NULL;
  mosquitto_free(mosq->wsd.accept_key);
  mosq->wsd.accept_key = NULL;
  if (ws__create_accept_key(key, strlen(key), &mosq->wsd.accept_key) == MOSQ_ERR_SUCCESS) return key;
  mosquitto_free(key);
  return NULL;
}

/* A packet that is as large as the request, and no larger. */
static struct mosquitto__packet* make_request(const struct mosquitto* mosq, const char* key) {
  const char* const path = mosq->wsd.http_path != NULL ? mosq->wsd.http_path : "/mqtt";
  const int length = snprintf(NULL, 0, request_format, path, mosq->host, key);
  if (length < 0) return NULL;
  const size_t size = (size_t)length + 1;
  struct mosquitto__packet* const packet = mosquitto_calloc(1, sizeof *packet + WS_PACKET_OFFSET + size);
  if (packet == NULL) return NULL;
  (void)snprintf((char*)packet->payload + WS_PACKET_OFFSET, size, request_format, path, mosq->host, key);
  packet->packet_length = WS_PACKET_OFFSET + (uint32_t)length;
  return packet;
}

int __wrap_http_c__context_init(struct mosquitto* mosq) {
  mosq->transport = mosq_t_http;
  mosquitto_free(mosq->http_request);
  mosq->http_request = mosquitto_calloc(1, (size_t)mosq->wsd.http_header_size + 1);
  char* const key = mosq->http_request == NULL ? NULL : make_key(mosq);
  if (key == NULL) return MOSQ_ERR_NOMEM;
  struct mosquitto__packet* const packet = make_request(mosq, key);
  mosquitto_free(key);
  return packet == NULL ? MOSQ_ERR_NOMEM : packet__queue(mosq, packet);
}

/* Without a request there is no response to read. */
int __wrap_http_c__read(struct mosquitto* mosq) {
  return mosq->http_request == NULL ? MOSQ_ERR_PROTOCOL : __real_http_c__read(mosq);
}

/* Returns true when the text ends with the empty line that ends a response. Some servers end lines by LF alone. */
static bool ends_response(const char* text, size_t length) {
  if (length < 2 || text[length - 1] != '\n') return false;
  if (text[length - 2] == '\n') return true;
  return length >= 3 && text[length - 2] == '\r' && text[length - 3] == '\n';
}

/* Returns false for a NUL or a folded line. `had` is the number of bytes that were checked before. */
static bool is_sound(const char* text, size_t had, size_t length) {
  if (memchr(text + had, '\0', length - had) != NULL) return false;
  for (size_t i = had == 0 ? 1 : had; i < length; i++) {
    if ((text[i] == ' ' || text[i] == '\t') && text[i - 1] == '\n') return false;
  }
  return true;
}

static ssize_t refuse(struct mosquitto* mosq) {
  if (has_client(mosq)) addon_end_with(mosq->userdata, MOSQ_ERR_PROTOCOL);
  set_error(EBADMSG);
  return -1;
}

/* Looks how far the response goes, then reads so far. */
static ssize_t read_from_socket(struct mosquitto* mosq, size_t had, size_t count, library_reader* read) {
  char* const text = mosq->http_request;
  set_error(0);
  const ssize_t seen = recv(mosq->sock, text + had, count, MSG_PEEK);
  if (seen <= 0) return seen;
  size_t end = had + 1;
  while (end < had + (size_t)seen && !ends_response(text, end)) end++;
  return read(mosq, text + had, end - had);
}

/* OpenSSL has the bytes of a record in memory: reading them one by one costs no system calls. */
static ssize_t read_from_tls(struct mosquitto* mosq, size_t had, size_t count, library_reader* read) {
  char* const text = mosq->http_request;
  size_t got = 0;
  while (got < count && !(got > 0 && ends_response(text, had + got))) {
    const ssize_t length = read(mosq, text + had + got, 1);
    if (length <= 0) return got > 0 ? (ssize_t)got : length;
    got++;
  }
  return (ssize_t)got;
}

ssize_t repairs_read_response(struct mosquitto* mosq, char* buffer, size_t count, library_reader* read) {
  const size_t had = (size_t)(buffer - mosq->http_request);
  if (count == 0) return refuse(mosq); /* longer than MOSQ_OPT_HTTP_HEADER_SIZE */
  const ssize_t length = (mosq->ssl != NULL ? read_from_tls : read_from_socket)(mosq, had, count, read);
  if (length > 0 && !is_sound(mosq->http_request, had, had + (size_t)length)) return refuse(mosq);
  return length;
}
