/* Writes a packet that is longer than a TLS record by one record at a time. OpenSSL writes such a packet as a whole,
 * unless it is told otherwise. When it has to read a handshake message before it can write the rest, it loses its
 * place in the packet and fails with "bad write retry": the connection ends, and the queued packets are lost (test:
 * lifecycle/disconnect-half-message). Here each SSL_write() writes one record, and the library goes on with the next.
 */
#include "config.h"

#include <openssl/ssl.h>

#include "mosquitto_internal.h"
#include "tls_verify.h"

void tls_write_by_record(const struct mosquitto* mosq) { SSL_set_mode(mosq->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE); }
