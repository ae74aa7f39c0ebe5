/* Repairs below MQTT: WebSocket frames, the ways to a broker, TLS. As repairs.c. */
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

/* A peer that refuses us sends an alert and resets the connection: a write sees the reset
 * alone, while the alert that says why waits to be read. */
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
