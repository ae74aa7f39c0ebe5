/* Refuses the packet type 0, which MQTT reserves. The library reads a command byte of 0 as "no packet has begun".
 * With a body outstanding, packet__read() then loops for ever, since the rest of the buffer is never read: the
 * process hangs. Here such a packet is malformed as soon as its first byte is there, whatever its flags are (test:
 * protocol/reserved-type). */
#include "config.h"

#include "internal.h"
#include "logging_mosq.h"
#include "mosquitto_internal.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "send_mosq.h"

static int refuse(struct mosquitto* mosq) {
  log__printf(mosq, MOSQ_LOG_ERR, "Error: The peer sent a packet of the reserved type 0.");
  if (mosq->protocol == mosq_p_mqtt5 && mosq->state == mosq_cs_active) {
    send__disconnect(mosq, MQTT_RC_MALFORMED_PACKET, NULL);
    packet__write(mosq);
  }
  mosq->in_packet.packet_buffer_to_process = 0;
  set_error(0);
  return MOSQ_ERR_MALFORMED_PACKET;
}

int repairs_check_next_type(struct mosquitto* mosq) {
  const struct mosquitto__packet_in* const in = &mosq->in_packet;
  if (in->packet_buffer_to_process == 0) return MOSQ_ERR_SUCCESS;
  return is_reserved_type(in->packet_buffer[in->packet_buffer_pos]) ? refuse(mosq) : MOSQ_ERR_SUCCESS;
}

/* The library turns a failed read into MOSQ_ERR_ERRNO. The addon is therefore told the code. */
ssize_t repairs_refuse_type(struct mosquitto* mosq) {
  addon_end_with(mosq->userdata, refuse(mosq));
  set_error(EBADMSG);
  return -1;
}
