/* Writes a packet that stands alone in the queue, on whichever thread has queued it. The
 * library's own loop_write() closes the connection when that fails, and only the thread
 * that watches the descriptor may: so what fails here is left to it. */
#include "config.h"

#include <errno.h>

#include "mosquitto_internal.h"
#include "mqtt_protocol.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "repairs.h"
#include "repairs_library.h"
#include "util_mosq.h"

int __real_packet__write(struct mosquitto *mosq);
ssize_t __real_net__write(struct mosquitto *mosq, const void *buffer, size_t count);

#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
static struct mosquitto__packet *lone_packet(struct mosquitto *mosq) {
  pthread_mutex_lock(&mosq->out_packet_mutex);
  struct mosquitto__packet *const packet = mosq->out_packet;
  const bool alone = packet != NULL && packet->next == NULL && (packet->command & 0xF0) != CMD_DISCONNECT;
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return alone ? packet : NULL;
}

int repairs_write_directly(struct mosquitto *mosq) {
  /* OpenSSL keeps the errors of a connection with the thread that they happened on. */
  if (!net__is_connected(mosq) || mosq->ssl != NULL || mosquitto__get_state(mosq) != mosq_cs_active) return 0;
  struct mosquitto__packet *const packet = lone_packet(mosq);
  int *const failed_with = repairs_write_error(mosq->userdata);
  if (packet == NULL || *failed_with != 0) return 0;
  if (packet->to_process > 0) {
    const ssize_t length = __real_net__write(mosq, packet->payload + packet->pos, packet->to_process);
    if (length <= 0) {
      *failed_with = write_error();
      return 0;
    }
    packet->pos += (uint32_t)length;
    packet->to_process -= (uint32_t)length;
    if (packet->to_process > 0) return 0;
  }
  /* Finds it written, and does what is to be done after each. */
  return __real_packet__write(mosq) == MOSQ_ERR_SUCCESS;
}
#else
/* 2.0 has the packet that it is writing outside of the queue. */
int repairs_write_directly(struct mosquitto *mosq) {
  (void)mosq;
  return 0;
}
#endif
