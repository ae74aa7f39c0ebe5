/* Writes the queued packets on the thread that has queued them, which saves waking the network thread. The library's
 * loop_write() closes the connection when a write fails, and only the thread that polls the descriptor may do so. This
 * write therefore leaves an error for that thread's next write. */
#include "config.h"

#include "../engine.h"
#include "../library.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "util_mosq.h"

int engine_write_directly(struct mosquitto* mosq) {
  /* OpenSSL stores the errors of a connection for the thread on which they happened. */
  if (!net__is_connected(mosq) || mosq->ssl != NULL || mosquitto__get_state(mosq) != mosq_cs_active) return 0;
  int* const failed_with = &state_of(mosq)->write_error;
  if (*failed_with != 0) return 0;
  if (packet__write(mosq) != MOSQ_ERR_SUCCESS) *failed_with = write_error();
  pthread_mutex_lock(&mosq->out_packet_mutex);
  const bool all = mosq->out_packet == NULL;
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return all;
}
