/* What we mend in libmosquitto. Compiled with it, by its own headers, into the static
 * build; the linker's --wrap puts these functions in front of the library's. */
#include "config.h"

#include "messages_mosq.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "send_mosq.h"
#include "util_mosq.h"

#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
typedef struct mosquitto__packet_in incoming_packet;
#else
typedef struct mosquitto__packet incoming_packet;
#endif

int __real_send__pubrec(struct mosquitto *mosq, uint16_t mid, uint8_t reason_code,
                        const mosquitto_property *properties);
void __real_packet__cleanup(incoming_packet *packet);

/* Called for each QoS 2 message that arrives, just before it is put into the list in
 * which PUBREL finds it by its mid. The library does not look whether one of that mid is
 * there already: a message that was sent twice, or is left over from a session that is
 * gone, stays in front, and the PUBREL of a later message of the same mid delivers the
 * old one in its place. So the old one is taken out first. */
int __wrap_send__pubrec(struct mosquitto *mosq, uint16_t mid, uint8_t reason_code,
                        const mosquitto_property *properties) {
  if (message__delete(mosq, mid, mosq_md_in, 2) == MOSQ_ERR_SUCCESS) util__increment_receive_quota(mosq);
  return __real_send__pubrec(mosq, mid, reason_code, properties);
}

/* Called from outside of its own file before each connection. Since 2.1 bytes are read
 * ahead; those of a connection that ended in the middle of them would be taken for the
 * first ones of the next, which therefore fails, and the one after it. */
void __wrap_packet__cleanup(incoming_packet *packet) {
  __real_packet__cleanup(packet);
#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
  if (packet == NULL) return;
  packet->packet_buffer_to_process = 0;
  packet->packet_buffer_pos = 0;
#endif
}

/* For a client that has stopped reading, because what it has read is not handled yet: the
 * PINGRESP stands behind the rest in the socket. The library would take the broker for
 * dead; without a PINGRESP to wait for it goes on to send a PINGREQ when one is due. */
void repairs_excuse_pingresp(struct mosquitto *mosq) { mosq->ping_t = 0; }
