/* Corrects the handshake with a SOCKS5 proxy. The library never reads the port behind a domain in the proxy's reply,
 * whose two bytes are then taken for the first ones of the broker. It never reads a reply with an empty domain to
 * its end, and spins (test: transports/handshake-bytes). It follows null pointers when the proxy asks for a password
 * that was not given (transports/socks). */
#include "config.h"

#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "socks_mosq.h"
#include "util_mosq.h"

extern __typeof__(socks5__read) __real_socks5__read, __wrap_socks5__read;
extern __typeof__(mosquitto__set_state) __real_mosquitto__set_state, __wrap_mosquitto__set_state;

enum {
  kBegun = 5, /* bytes of the proxy's last reply, up to the length of a domain */
  kAddressType = 3,
  kDomainLength = 4,
  kDomain = 3, /* an address type */
  kPort = 2    /* bytes behind an address */
};

static bool with_proxy(enum mosquitto_client_state state) {
  return state >= mosq_cs_socks5_new && state <= mosq_cs_socks5_send_userpass;
}

/* Has the library read the port too, when it has just learned the length of the domain. */
static int expect_port(struct mosquitto__packet_in* reply) {
  const uint8_t* const bytes = reply->payload;
  if (bytes == NULL || reply->pos != kBegun || bytes[kAddressType] != kDomain) return MOSQ_ERR_SUCCESS;
  if (reply->packet_length != (uint32_t)kBegun + bytes[kDomainLength]) return MOSQ_ERR_SUCCESS;
  uint8_t* const larger = mosquitto_realloc(reply->payload, reply->packet_length + kPort);
  if (larger == NULL) return MOSQ_ERR_NOMEM;
  reply->payload = larger;
  reply->packet_length += kPort;
  reply->to_process += kPort;
  return MOSQ_ERR_SUCCESS;
}

int __wrap_socks5__read(struct mosquitto* mosq) {
  const int rc = __real_socks5__read(mosq);
  const bool reads_reply = rc == MOSQ_ERR_SUCCESS && mosq->state == mosq_cs_socks5_request;
  return reads_reply ? expect_port(&mosq->in_packet) : rc;
}

/* A proxy may ask for a user name and a password when none were given: empty ones are sent. */
int __wrap_mosquitto__set_state(struct mosquitto* mosq, enum mosquitto_client_state state) {
  if (state == mosq_cs_socks5_send_userpass) {
    if (mosq->socks5_username == NULL) mosq->socks5_username = mosquitto_strdup("");
    if (mosq->socks5_password == NULL) mosq->socks5_password = mosquitto_strdup("");
  }
  return __real_mosquitto__set_state(mosq, state);
}

int repairs_in_handshake(struct mosquitto* mosq) {
  if (mosq->transport == mosq_t_http) return 1;
  return with_proxy(mosquitto__get_state(mosq)) ? 1 : 0;
}

void repairs_close(struct mosquitto* mosq) {
  net__socket_close(mosq);
  packet__cleanup_all(mosq);
  mosquitto__set_state(mosq, mosq_cs_disconnected);
}
