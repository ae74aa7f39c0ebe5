/* Incoming packets: all input, and each packet of it, passes through here. Faults of the library:
 * - It allocates whatever length a packet announces: five bytes of a peer take 256 MB. A packet above
 *   max_packet_size_set() is refused before any of it is read (test: protocol/oversize).
 * - It handles input behind the broker's DISCONNECT, and calls on_disconnect twice. Such input is dropped
 *   (protocol/answers, protocol/damaged).
 * - It handles input behind an AUTH before the program has answered that. Such input is put aside
 *   (mqtt5/extended-auth).
 * - It takes a DISCONNECT without a reason, which MQTT 5 allows, for a malformed packet (protocol/answers).
 * - It closes the connection before the DISCONNECT with the reason is written (protocol/answers,
 *   protocol/unreleased). */
#include "config.h"

#include "../hooks.h"
#include "internal.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "outgoing.h"
#include "packet_mosq.h"
#include "read_handle.h"
#include "repairs.h"
#include "send_mosq.h"

extern __typeof__(net__read) __real_net__read, __wrap_net__read;
extern __typeof__(handle__packet) __real_handle__packet, __wrap_handle__packet;

static int too_large(struct mosquitto* mosq) {
  if (!has_client(mosq)) return 0;
  const uint32_t limit = addon_packet_limit(mosq->userdata);
  if (limit == 0 || mosq->in_packet.remaining_count <= 0 || mosq->in_packet.remaining_length <= limit) return 0;
  addon_packet_refused(mosq->userdata);
  return 1;
}

/* Refuses a packet that is too large before more of it is read. The library has allocated it, but an untouched
 * allocation costs nothing yet. */
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
  /* Over WebSockets this reads parts of frames, and net__read_ws() is the read that counts. */
  const bool whole = mosq->transport != mosq_t_ws;
  const ssize_t length = whole ? repairs_read(mosq, buf, count, __real_net__read) : __real_net__read(mosq, buf, count);
  repairs_note_tls(mosq, length);
  return length;
}

/* Ends the library's loops without a fault: they look for more in the buffer, and in the socket unless errno is EAGAIN.
 */
static void stop_reading(struct mosquitto* mosq) {
  mosq->in_packet.packet_buffer_to_process = 0;
  set_error(EAGAIN);
}

/* Adds the reason 0 to a DISCONNECT without a reason. */
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
  /* A small packet comes with its header, and passes net__read() only once. */
  const int rc = too_large(mosq) ? MOSQ_ERR_OVERSIZE_PACKET : __real_handle__packet(mosq);
  repairs_forget_properties(mosq);
  if (!net__is_connected(mosq)) {
    /* The broker's DISCONNECT has closed the connection. */
    stop_reading(mosq);
  } else if (rc == MOSQ_ERR_SUCCESS && has_client(mosq) && addon_authenticates(mosq->userdata)) {
    /* The program has not answered AUTH yet. */
    addon_put_input_aside(mosq->userdata, mosq->in_packet.packet_buffer_pos, mosq->in_packet.packet_buffer_to_process);
    stop_reading(mosq);
  } else if (rc != MOSQ_ERR_SUCCESS && active && mosq->protocol == mosq_p_mqtt5) {
    /* The DISCONNECT with the reason is queued, and the connection is closed next. */
    if (rc == MOSQ_ERR_OVERSIZE_PACKET) send__disconnect(mosq, MQTT_RC_PACKET_TOO_LARGE, NULL);
    packet__write(mosq);
    set_error(0);
  }
  return rc;
}

int __wrap_handle__packet(struct mosquitto* mosq) {
  const uint32_t length = mosq->in_packet.remaining_length;
  int rc = handle(mosq);
  if (rc == MOSQ_ERR_SUCCESS) rc = engine_handle_buffered(mosq, handle);
  if (rc == MOSQ_ERR_SUCCESS) rc = repairs_check_next_type(mosq);
  if (rc == MOSQ_ERR_SUCCESS) repairs_stop_when_over(mosq, length);
  return rc;
}

void repairs_restore_input(struct mosquitto* mosq, uint16_t position, uint16_t length) {
  mosq->in_packet.packet_buffer_pos = position;
  mosq->in_packet.packet_buffer_to_process = length;
}
