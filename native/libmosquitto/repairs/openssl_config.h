/* Sets the configuration that the OpenSSL inside the addon reads. */
#ifndef LIBMOSQUITTO_OPENSSL_CONFIG_H
#define LIBMOSQUITTO_OPENSSL_CONFIG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* To be called before the first use of OpenSSL, once in a process. `file` is the configuration to load; NULL loads
 * none. Returns 0 when the file cannot be loaded, and writes the reason in words. */
int openssl_configure(const char* file, char* reason, size_t size);

#ifdef __cplusplus
}
#endif

#endif
