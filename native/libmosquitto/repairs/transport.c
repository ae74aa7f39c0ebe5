/* The transports below MQTT: TCP, SOCKS, HTTP and TLS. Faults of the library:
 * - After a SOCKS or an HTTP handshake it sends CONNECT without its properties, and after a SOCKS handshake also
 *   where an HTTP handshake must come next (test: transports/socks-websockets).
 * - It reads MQTT from the connection to a SOCKS proxy that leads to a WebSocket server
 *   (transports/socks-websockets).
 * - Its write that fails for a reset hides the TLS alert that is still to be read (tls/client-certificate).
 * - It reports a failure of TLS as a failed system call or a lost connection (tls/server-certificate, tls/psk).
 * - Two threads that make the first TLS connection at once may both set OpenSSL up, or find it half set up.
 * - It forgets a pre-shared key that another replaces, which leaks (tls/psk), and follows an ALPN name of NULL
 *   (tls/options). */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "../hooks.h"
#include "http_client.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "secrets.h"
#include "send_mosq.h"
#include "util_mosq.h"

extern __typeof__(send__connect) __real_send__connect, __wrap_send__connect;
extern __typeof__(net__write) __real_net__write, __wrap_net__write;

extern __typeof__(http_c__context_init) __wrap_http_c__context_init;
extern __typeof__(http_c__read) __wrap_http_c__read;
extern __typeof__(net__read) __real_net__read;
extern __typeof__(packet__read) __real_packet__read, __wrap_packet__read;

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
  if (has_client(mosq)) addon_tls_failed(mosq->userdata);
}

/* A peer that refuses the client sends a TLS alert and resets the connection. A write sees the reset alone: the alert
 * is read behind it. */
ssize_t __wrap_net__write(struct mosquitto* mosq, const void* buffer, size_t count) {
  const int failed = engine_take_write_error(mosq);
  if (failed != 0) {
    set_error(failed);
    return -1;
  }
  const ssize_t length = __real_net__write(mosq, buffer, count);
  repairs_note_tls(mosq, length);
  if (length > 0) secrets_forget_sent(mosq, buffer, (size_t)length);
  if (length >= 0 || mosq->ssl == NULL || !is_reset(errno)) return length;
  const int error = errno;
  char byte;
  repairs_note_tls(mosq, __real_net__read(mosq, &byte, sizeof byte));
  set_error(error);
  return length;
}

#ifdef WIN32
extern __typeof__(net__socketpair) __wrap_net__socketpair;

/* Without socketpair() the library connects two sockets over the network. native/driver/libc_hooks.cc tells why these
 * sockets are not needed. */
int __wrap_net__socketpair(mosq_sock_t* reader, mosq_sock_t* writer) {
  *reader = *writer = INVALID_SOCKET;
  return MOSQ_ERR_NOT_SUPPORTED;
}
#endif

/* The library does this in the first TLS connection, without a lock. */
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

int __wrap_packet__read(struct mosquitto* mosq) {
  if (mosq->transport == mosq_t_http) return __wrap_http_c__read(mosq);
  /* The first packet may be one that addon_put_input_aside() was given. */
  const int rc = mosq->in_packet.command == 0 ? repairs_check_next_type(mosq) : MOSQ_ERR_SUCCESS;
  return rc == MOSQ_ERR_SUCCESS ? __real_packet__read(mosq) : rc;
}
