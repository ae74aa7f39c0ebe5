#include "transport.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

SSL_CTX* transport_context(const char* cert, const char* key) {
  if (cert == NULL) return NULL;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == NULL || SSL_CTX_use_certificate_chain_file(context, cert) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    exit(1);
  }
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One system call reads several records.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 256 << 10);
  return context;
}

bool transport_open(struct transport* transport, int fd, SSL_CTX* context) {
  *transport = (struct transport){.fd = fd};
  if (context == NULL) return true;
  transport->ssl = SSL_new(context);
  if (transport->ssl == NULL || SSL_set_fd(transport->ssl, fd) != 1) return false;
  SSL_set_accept_state(transport->ssl);
  return true;
}

void transport_close(struct transport* transport) {
  if (transport->ssl != NULL) SSL_free(transport->ssl);
  close(transport->fd);
}

static ssize_t plain(ssize_t moved) {
  if (moved > 0) return moved;
  return moved < 0 && (errno == EAGAIN || errno == EINTR) ? WOULD_BLOCK : CLOSED;
}

static ssize_t secure(SSL* ssl, int moved) {
  if (moved > 0) return moved;
  const int error = SSL_get_error(ssl, moved);
  ERR_clear_error();
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? WOULD_BLOCK : CLOSED;
}

static int limited(size_t length) { return length > INT_MAX ? INT_MAX : (int)length; }

ssize_t transport_read(struct transport* transport, void* to, size_t length) {
  if (transport->ssl == NULL) return plain(recv(transport->fd, to, length, 0));
  return secure(transport->ssl, SSL_read(transport->ssl, to, limited(length)));
}

ssize_t transport_write(struct transport* transport, const void* from, size_t length) {
  if (transport->ssl == NULL) return plain(send(transport->fd, from, length, MSG_NOSIGNAL));
  return secure(transport->ssl, SSL_write(transport->ssl, from, limited(length)));
}
