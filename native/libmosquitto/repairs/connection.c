/* Clears a handle before its next connection, and frees it in full. The library carries values of the last connection
 * into the next, which then begins with the limits of another broker (test: protocol/limits), topic aliases of another
 * broker (protocol/limits), bytes that were read ahead (lifecycle/connection-faults), trusted certificates that were
 * replaced since (tls/server-certificate), or in the middle of a WebSocket handshake (transports/websockets). It also
 * forgets to free parts of a handle, which leak (transports/socks, tls/options, mqtt5/topic-alias, under
 * AddressSanitizer). */
#include "config.h"

#include <string.h>

#include <openssl/ssl.h>

#include "../hooks.h"
#include "alias_mosq.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "outgoing.h"
#include "repairs.h"
#include "secrets.h"

/* A PINGRESP may be unread in the socket, behind other input. The peer then lives, but the library would take it for
 * dead (lifecycle/late-pingresp, lifecycle/memory-bound). When no PINGRESP is expected the library sends its next
 * PINGREQ in time. */
int repairs_expects_pingresp(const struct mosquitto* mosq) { return mosq->ping_t != 0; }

void repairs_excuse_pingresp(struct mosquitto* mosq) { mosq->ping_t = 0; }

void repairs_prepare_connection(struct mosquitto* mosq, uint16_t send_maximum, uint16_t keepalive) {
  /* The limits of the last broker's CONNACK. */
  mosq->maximum_packet_size = 0;
  mosq->max_qos = 2;
  mosq->retain_available = 1;
  mosq->msgs_out.inflight_maximum = send_maximum;
  state_of(mosq)->send_maximum.of_program = send_maximum;
  mosq->keepalive = keepalive;
  engine_prepare_connection(mosq);
  mosq->in_packet.packet_buffer_to_process = 0;
  mosq->in_packet.packet_buffer_pos = 0;
  /* A TLS context retains certificates and versions that it was once given. A new one costs 0.1 ms of the 0.9 ms that
   * the library needs to read CA, certificate and key before each connection. */
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
  /* Frames begin behind the proxy's handshake. */
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
