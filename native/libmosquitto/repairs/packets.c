/* Repairs of libmosquitto. Compiled with it, by its own headers, into the static
 * build; the linker's --wrap puts the __wrap_ functions in front of the library's. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <openssl/ssl.h>

#include "alias_mosq.h"
#include "callbacks.h"
#include "../engine/in_buffer.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "property_mosq.h"
#include "read_handle.h"
#include "repairs.h"
#include "../library.h"
#include "secrets.h"
#include "send_mosq.h"

extern __typeof__(packet__cleanup) __real_packet__cleanup, __wrap_packet__cleanup;
extern __typeof__(net__read) __real_net__read, __wrap_net__read;
extern __typeof__(handle__packet) __real_handle__packet, __wrap_handle__packet;
extern __typeof__(packet__check_oversize) __wrap_packet__check_oversize;

/* Called from outside of its own file before each connection. Since 2.1 bytes are read
 * ahead; those of a connection that ended in the middle of them would be taken for the
 * first ones of the next, which therefore fails, and the one after it. */
void __wrap_packet__cleanup(struct mosquitto__packet_in* packet) {
  __real_packet__cleanup(packet);
  if (packet == NULL) return;
  packet->packet_buffer_to_process = 0;
  packet->packet_buffer_pos = 0;
}

static int too_large(struct mosquitto* mosq) {
  if (!has_client(mosq)) return 0;
  const uint32_t limit = repairs_packet_limit(mosq->userdata);
  if (limit == 0 || mosq->in_packet.remaining_count <= 0 || mosq->in_packet.remaining_length <= limit) return 0;
  repairs_packet_refused(mosq->userdata);
  return 1;
}

/* Before more of an announced packet is read: five bytes of a peer make the library take
 * up to 256 MB of memory. Untouched until here, it costs nothing yet. */
ssize_t __wrap_net__read(struct mosquitto* mosq, void* buf, size_t count) {
  if (too_large(mosq)) {
    set_error(EMSGSIZE);
    return -1;
  }
  if (mosq->transport == mosq_t_http && mosq->state == mosq_cs_connected) {
    const ssize_t of_response = repairs_read_response(mosq, buf, count, __real_net__read);
    repairs_note_tls(mosq, of_response);
    return of_response;
  }
  /* It reads parts of WebSocket frames. */
  const bool whole = mosq->transport != mosq_t_ws;
  const ssize_t length = whole ? repairs_read(mosq, buf, count, __real_net__read) : __real_net__read(mosq, buf, count);
  repairs_note_tls(mosq, length);
  return length;
}

/* The library's loops end here, without a fault: they look for more in the buffer, and ask
 * the system for more unless it has just said that there is none. */
static void stop_reading(struct mosquitto* mosq) {
  mosq->in_packet.packet_buffer_to_process = 0;
  set_error(EAGAIN);
}

/* A DISCONNECT may leave out a reason of 0. The library takes that for a fault. */
static int spell_out_reason(struct mosquitto__packet_in* packet) {
  if (packet->command != CMD_DISCONNECT || packet->remaining_length != 0) return MOSQ_ERR_SUCCESS;
  packet->payload = mosquitto_calloc(1, 1);
  if (packet->payload == NULL) return MOSQ_ERR_NOMEM;
  packet->remaining_length = 1;
  return MOSQ_ERR_SUCCESS;
}

static int handle(struct mosquitto* mosq) {
  if (mosq->protocol == mosq_p_mqtt5 && spell_out_reason(&mosq->in_packet)) return MOSQ_ERR_NOMEM;
  const bool active = mosq->state == mosq_cs_active;
  const uint8_t type = mosq->in_packet.command & 0xF0;
  if (type == CMD_SUBACK || type == CMD_UNSUBACK) repairs_note_answer(mosq);
  /* One that was small enough to come with its header. */
  const int rc = too_large(mosq) ? MOSQ_ERR_OVERSIZE_PACKET : __real_handle__packet(mosq);
  repairs_forget_properties();
  if (!net__is_connected(mosq)) {
    /* By a DISCONNECT of the broker. What it sent behind that would be looked at all the
     * same, and the end be told once more, as one that was asked for. */
    stop_reading(mosq);
  } else if (rc == MOSQ_ERR_SUCCESS && has_client(mosq) && repairs_waits(mosq->userdata)) {
    /* AUTH, and its answer is not there yet: what was read after it is put aside. */
    repairs_hold(mosq->userdata, mosq->in_packet.packet_buffer_pos, mosq->in_packet.packet_buffer_to_process);
    stop_reading(mosq);
  } else if (rc != MOSQ_ERR_SUCCESS && active && mosq->protocol == mosq_p_mqtt5) {
    /* The DISCONNECT that says why is in the queue, and the connection is closed next. */
    if (rc == MOSQ_ERR_OVERSIZE_PACKET) send__disconnect(mosq, MQTT_RC_PACKET_TOO_LARGE, NULL);
    packet__write(mosq);
    set_error(0);
  }
  return rc;
}

int __wrap_handle__packet(struct mosquitto* mosq) {
  const uint32_t length = mosq->in_packet.remaining_length;
  int rc = handle(mosq);
  if (rc == MOSQ_ERR_SUCCESS) rc = repairs_handle_buffered(mosq, handle);
  if (rc == MOSQ_ERR_SUCCESS) rc = repairs_check_next_type(mosq);
  if (rc == MOSQ_ERR_SUCCESS) repairs_stop_when_over(mosq, length);
  return rc;
}

void repairs_give_back(struct mosquitto* mosq, uint16_t position, uint16_t length) {
  mosq->in_packet.packet_buffer_pos = position;
  mosq->in_packet.packet_buffer_to_process = length;
}

static uint32_t varint_bytes(uint32_t value) { return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : 4; }

/* The library forgets the first byte of the fixed header. */
int __wrap_packet__check_oversize(struct mosquitto* mosq, uint32_t remaining_length) {
  if (mosq->maximum_packet_size == 0) return MOSQ_ERR_SUCCESS;
  const uint64_t size = 1 + varint_bytes(remaining_length) + (uint64_t)remaining_length;
  return size > mosq->maximum_packet_size ? MOSQ_ERR_OVERSIZE_PACKET : MOSQ_ERR_SUCCESS;
}

/* ... and the length of the properties' length, and half of the message id of a PUBLISH; and
 * does not look at DISCONNECT at all. */
int repairs_is_oversize(struct mosquitto* mosq, uint64_t length, const void* properties) {
  if (mosq->protocol == mosq_p_mqtt5) {
    const uint32_t of_properties = mosquitto_property_get_length_all(properties);
    length += varint_bytes(of_properties) + of_properties;
  }
  return __wrap_packet__check_oversize(mosq, length > UINT32_MAX ? UINT32_MAX : (uint32_t)length) != MOSQ_ERR_SUCCESS;
}

/* For a client whose peer lives, or that has stopped reading, because what it has read is not handled yet: the
 * PINGRESP stands behind the rest in the socket. The library would take the broker for
 * dead; without a PINGRESP to wait for it goes on to send a PINGREQ when one is due. */
int repairs_awaits_pingresp(const struct mosquitto* mosq) { return mosq->ping_t != 0; }

void repairs_excuse_pingresp(struct mosquitto* mosq) { mosq->ping_t = 0; }

/* The TLS context, topic aliases, and the state of a WebSockets connection. One that ended during its HTTP
 * handshake stays in that state: the next would send CONNECT without a handshake. */
void repairs_prepare_connection(struct mosquitto* mosq, uint16_t send_maximum, uint16_t keepalive) {
  /* A broker said this of itself in its CONNACK. */
  mosq->maximum_packet_size = 0;
  mosq->max_qos = 2;
  mosq->retain_available = 1;
  mosq->msgs_out.inflight_maximum = send_maximum;
  repairs_kept(mosq->userdata)->send_maximum.of_program = send_maximum;
  mosq->keepalive = keepalive;
  repairs_kept(mosq->userdata)->write_error = 0;
  repairs_kept(mosq->userdata)->read_ahead.emptied = 0;
  /* A TLS context keeps what it was once given: certificates that are trusted no longer,
   * and versions. Keeping it would save no more than itself, 0.1 ms of 0.9: the library
   * reads CA, certificate and key into whichever it has before each connection, and is right
   * to do so. The files may have been renewed, by on_pre_connect for one. */
  if (mosq->user_ssl_ctx == NULL && mosq->ssl_ctx != NULL) {
    SSL_CTX_free(mosq->ssl_ctx);
    mosq->ssl_ctx = NULL;
  }
  alias__free_all(mosq);
  if (mosq->transport == mosq_t_http) mosq->transport = mosq_t_ws;
  mosquitto_free(mosq->http_request);
  mosq->http_request = NULL;
  repairs_forget_pong(mosq);
  mosquitto_free(mosq->wsd.accept_key);
  char* const path = mosq->wsd.http_path;
  const int header_size = mosq->wsd.http_header_size;
  mosquitto_free(mosq->wsd.out_packet);
  memset(&mosq->wsd, 0, sizeof mosq->wsd);
  mosq->wsd.opcode = UINT8_MAX;
  mosq->wsd.mask = UINT8_MAX;
  mosq->wsd.disconnect_reason = 0xE8;
  mosq->wsd.is_client = true;
  mosq->wsd.http_path = path;
  mosq->wsd.http_header_size = header_size;
  /* Not before the proxy is through: what is said to it is framed like all else. */
  if (mosq->transport == mosq_t_ws && mosq->socks5_host != NULL) mosq->transport = mosq_t_http;
}

void repairs_release(struct mosquitto* mosq) {
  repairs_drop_parked(mosq);
  repairs_forget_requests(mosq);
  mosquitto_free(mosq->socks5_host);
  mosquitto_free(mosq->socks5_username);
  mosq->socks5_host = mosq->socks5_username = NULL;
  secrets_free(&mosq->socks5_password);
  secrets_free(&mosq->password);
  secrets_free(&mosq->tls_psk);
  mosquitto_free(mosq->tls_engine_kpass_sha1);
  mosq->tls_engine_kpass_sha1 = NULL;
  mosquitto_free(mosq->tls_13_ciphers);
  mosq->tls_13_ciphers = NULL;
  mosquitto_free(mosq->wsd.out_packet);
  mosq->wsd.out_packet = NULL;
  mosquitto_free(mosq->wsd.http_path);
  mosq->wsd.http_path = NULL;
  mosquitto_free(mosq->wsd.accept_key);
  mosq->wsd.accept_key = NULL;
  mosquitto_free(mosq->http_request);
  mosq->http_request = NULL;
  repairs_forget_pong(mosq);
  alias__free_all(mosq);
}

extern __typeof__(callback__on_ext_auth) __real_callback__on_ext_auth, __wrap_callback__on_ext_auth;

/* handle__auth() copies both and, up to 2.1.2, forgets them. */
int __wrap_callback__on_ext_auth(struct mosquitto* mosq, const char* auth_method, uint16_t auth_data_len,
                                 const void* auth_data, const mosquitto_property* properties) {
  const int rc = __real_callback__on_ext_auth(mosq, auth_method, auth_data_len, auth_data, properties);
  if (strcmp(VERSION, "2.1.0") == 0 || strcmp(VERSION, "2.1.1") == 0 || strcmp(VERSION, "2.1.2") == 0) {
    mosquitto_free((void*)auth_method);
    mosquitto_free((void*)auth_data);
  }
  return rc;
}
