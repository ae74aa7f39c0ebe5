/* publish() writes a large payload to the socket at once, from the memory of its caller. The library copies a payload
 * into a packet, which a later loop iteration writes. That memory is touched for the first time, and is cold when it is
 * written: the copy costs as much as the write. Here only what the socket does not take is copied, and only when all
 * earlier packets are written. The packet is still queued: packet__write() finds it written and does what follows a
 * written packet. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "../hooks.h"
#include "large_payload.h"
#include "mosquitto_internal.h"
#include "net_mosq.h"
#include "packet_mosq.h"
#include "util_mosq.h"

extern __typeof__(packet__write_bytes) __real_packet__write_bytes, __wrap_packet__write_bytes;

#if !defined(WIN32) && !defined(LIBMOSQUITTO_POSIX_ONLY)

#include <sys/socket.h>
#include <sys/uio.h>

/* Returns true for a PUBLISH that lacks only its payload. The payload's address is stored at the payload's place until
 * engine_queue() or engine_complete() gets the packet. Both follow before the publishing call returns, while its
 * payload exists. Every other packet was filled to its end. The library would also leave a place unfilled for a payload
 * of NULL that has a length, which the addon never publishes. A place for a payload that is not large holds no address.
 */
static bool lacks_payload(const struct mosquitto__packet* packet) {
  return (packet->command & 0xF0) == CMD_PUBLISH && packet->pos + kLargePayload < packet->packet_length;
}

static const uint8_t* payload_for(const struct mosquitto__packet* packet) {
  const uint8_t* payload = NULL;
  memcpy(&payload, packet->payload + packet->pos, sizeof payload);
  return payload;
}

void __wrap_packet__write_bytes(struct mosquitto__packet* packet, const void* bytes, uint32_t count) {
  const bool is_payload = (packet->command & 0xF0) == CMD_PUBLISH && packet->pos + count == packet->packet_length;
  if (!is_payload || count <= kLargePayload) {
    __real_packet__write_bytes(packet, bytes, count);
    return;
  }
  memcpy(packet->payload + packet->pos, &bytes, sizeof bytes);
}

static bool may_write(struct mosquitto* mosq) {
  /* Without threads the library writes the packet itself. */
  if (!has_client(mosq) || mosq->threaded == mosq_ts_none) return false;
  if (addon_authenticates(mosq->userdata)) return false; /* nothing is sent before on_ext_auth has answered */
  if (!net__is_connected(mosq) || mosq->ssl != NULL || mosq->transport != mosq_t_tcp) return false;
  if (mosquitto__get_state(mosq) != mosq_cs_active || state_of(mosq)->write_error != 0) return false;
  pthread_mutex_lock(&mosq->out_packet_mutex);
  /* Packets are written in their order. */
  const bool all_written = mosq->out_packet == NULL || mosq->out_packet_last->to_process == 0;
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return all_written;
}

/* Returns how many bytes of both the socket has taken. */
static size_t write_both(struct mosquitto* mosq, struct iovec header, struct iovec payload) {
  struct iovec parts[] = {header, payload};
  const struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  const ssize_t sent = sendmsg(mosq->sock, &message, MSG_NOSIGNAL);
  if (sent >= 0) return (size_t)sent;
  /* The next write returns this error, and would see another one by itself. */
  if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) state_of(mosq)->write_error = errno;
  return 0;
}

/* Copies the payload into the packet, but for its first `done` bytes. */
static void fill(struct mosquitto__packet* packet, size_t done) {
  const uint8_t* const payload = payload_for(packet);
  const size_t payload_length = packet->packet_length - packet->pos;
  memcpy(packet->payload + packet->pos + done, payload + done, payload_length - done);
  packet->pos = packet->packet_length;
}

void engine_complete(struct mosquitto__packet* packet) {
  if (lacks_payload(packet)) fill(packet, 0);
}

int engine_queue(struct mosquitto* mosq, struct mosquitto__packet* packet,
                 int (*queue)(struct mosquitto* mosq, struct mosquitto__packet* packet)) {
  if (!lacks_payload(packet)) return queue(mosq, packet);
  const struct iovec header = {packet->payload + WS_PACKET_OFFSET, packet->pos - WS_PACKET_OFFSET};
  const struct iovec payload = {(uint8_t*)payload_for(packet), packet->packet_length - packet->pos};
  const size_t sent = may_write(mosq) ? write_both(mosq, header, payload) : 0;
  if (sent == header.iov_len + payload.iov_len) {
    /* The packet is needed for its place in the queue alone. */
    packet->packet_length = WS_PACKET_OFFSET;
    struct mosquitto__packet* const smaller = mosquitto_realloc(packet, sizeof *packet + WS_PACKET_OFFSET);
    return queue(mosq, smaller != NULL ? smaller : packet);
  }
  fill(packet, sent > header.iov_len ? sent - header.iov_len : 0);
  const int rc = queue(mosq, packet);
  if (sent == 0) return rc;
  pthread_mutex_lock(&mosq->out_packet_mutex);
  packet->pos += (uint32_t)sent;
  packet->to_process -= (uint32_t)sent;
  pthread_mutex_unlock(&mosq->out_packet_mutex);
  return rc;
}

#else

/* Windows has no sendmsg(). LIBMOSQUITTO_POSIX_ONLY selects this branch for tests. */
void __wrap_packet__write_bytes(struct mosquitto__packet* packet, const void* bytes, uint32_t count) {
  __real_packet__write_bytes(packet, bytes, count);
}

void engine_complete(struct mosquitto__packet* packet) { (void)packet; }

int engine_queue(struct mosquitto* mosq, struct mosquitto__packet* packet,
                 int (*queue)(struct mosquitto* mosq, struct mosquitto__packet* packet)) {
  return queue(mosq, packet);
}

#endif
