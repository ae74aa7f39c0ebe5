/* Sets the configuration that the OpenSSL inside the addon reads: none, unless the program names one. OpenSSL would
 * load that of the machine, which is written for the machine's own OpenSSL. A line that another version does not know
 * makes every connection fail, and providers that it names would be loaded into this process (test:
 * tls/configuration). */
#include "openssl_config.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

/* OpenSSL reads a configuration once in a process, at its first use. This call comes before it. */
int openssl_configure(const char* file, char* reason, size_t size) {
  if (file == NULL) return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);

  OPENSSL_INIT_SETTINGS* const settings = OPENSSL_INIT_new();
  ERR_clear_error();
  /* Without flags a file that cannot be read or applied is an error. */
  const int loaded =
      settings != NULL && OPENSSL_INIT_set_config_filename(settings, file) == 1 &&
      (OPENSSL_INIT_set_config_file_flags(settings, 0), OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, settings) == 1);
  /* The first error is the cause of the others. */
  if (!loaded) ERR_error_string_n(ERR_get_error(), reason, size);
  ERR_clear_error();
  OPENSSL_INIT_free(settings);
  return loaded;
}
