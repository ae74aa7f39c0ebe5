#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// A connected socket that does not block, with or without TLS.
struct transport {
  int fd;
  SSL* ssl;
};

enum { WOULD_BLOCK = -1, CLOSED = -2 };

// Returns NULL without TLS; ends the process when the certificate cannot be used.
SSL_CTX* transport_context(const char* cert, const char* key);
bool transport_open(struct transport* transport, int fd, SSL_CTX* context);
void transport_close(struct transport* transport);
// Return the number of bytes moved (more than 0), WOULD_BLOCK or CLOSED. The first call also makes the handshake.
ssize_t transport_read(struct transport* transport, void* to, size_t length);
ssize_t transport_write(struct transport* transport, const void* from, size_t length);
