#include "client/revocation_lists.h"

#ifdef LIBMOSQUITTO_SYSTEM
#include <mutex>

#include "driver/libc_hooks.h"
#include "driver/system_library.h"
#include "mosquitto_setup.h"
#else
#include "libmosquitto/repairs/tls_verify.h"
#endif

namespace libmosquitto {

#ifndef LIBMOSQUITTO_SYSTEM

bool ignores_lists_in(const char* /*cafile*/) { return false; }

// tls_verify.c adds the lists of a connection.
int add_revocation_lists(void* /*context*/, const RevocationLists& lists) {
  return tls_crl_add(nullptr, lists.source.c_str(), lists.is_text ? 1 : 0);
}

#else

namespace {

constexpr unsigned long kCheckAll = 0x4 | 0x8;           // X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
constexpr unsigned long kPemNoStart = (9U << 23) | 108;  // PEM_R_NO_START_LINE, as OpenSSL 3 packs it
constexpr unsigned long kPemNoStart11 = (9U << 24) | 108;
constexpr unsigned long kLibraryAndReason = 0xFF800FFF;

// Without this callback OpenSSL asks for a passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

using Passphrase = int(char*, int, int, void*);

struct OpenSsl {
  void* (*from_memory)(const void*, int) = library_function<void*(const void*, int)>("BIO_new_mem_buf");
  void* (*from_file)(const char*, const char*) = library_function<void*(const char*, const char*)>("BIO_new_file");
  int (*close)(void*) = library_function<int(void*)>("BIO_free");
  void* (*read)(void*, void*, Passphrase*,
                void*) = library_function<void*(void*, void*, Passphrase*, void*)>("PEM_read_bio_X509_CRL");
  void (*release)(void*) = library_function<void(void*)>("X509_CRL_free");
  void* (*store_of)(const void*) = library_function<void*(const void*)>("SSL_CTX_get_cert_store");
  int (*add)(void*, void*) = library_function<int(void*, void*)>("X509_STORE_add_crl");
  int (*set_flags)(void*, unsigned long) = library_function<int(void*, unsigned long)>("X509_STORE_set_flags");
  unsigned long (*last_error)() = library_function<unsigned long()>("ERR_peek_last_error");
  void (*clear_errors)() = library_function<void()>("ERR_clear_error");

  [[nodiscard]] bool complete() const {
    return from_memory != nullptr && from_file != nullptr && close != nullptr && read != nullptr &&
           release != nullptr && store_of != nullptr && add != nullptr && set_flags != nullptr &&
           last_error != nullptr && clear_errors != nullptr;
  }
};

// 2.0 makes its own SSL_CTX for the first connection of the process, whichever client's, and verifies nothing by one of
// ours before that. This makes a connection that fails at once.
void make_first_context() {
  static std::once_flag once;
  std::call_once(once, [] {
    const auto setup = lock_tls_setup(true);
    mosquitto* const scratch = mosquitto_new(nullptr, true, nullptr);
    if (scratch == nullptr) return;
    mosquitto_tls_set(scratch, nullptr, "/dev/null", nullptr, nullptr, nullptr);
    {
      const ConnectionScope scope(open_stream_socket(AF_INET));
      mosquitto_connect(scratch, "localhost", 1, 60);
    }
    mosquitto_destroy(scratch);
  });
}

bool is_end(unsigned long error) { return (error & kLibraryAndReason) == kPemNoStart || error == kPemNoStart11; }

}  // namespace

int add_revocation_lists(void* context, const RevocationLists& lists) {
  static const OpenSsl openssl;
  if (!openssl.complete()) return -1;
  openssl.clear_errors();
  const char* const text = lists.source.c_str();
  void* const source = lists.is_text ? openssl.from_memory(text, -1) : openssl.from_file(text, "r");
  if (source == nullptr) return -1;
  void* const store = context == nullptr ? nullptr : openssl.store_of(context);
  if (store == nullptr) make_first_context();
  int count = 0;
  bool added = true;
  while (added) {
    void* const list = openssl.read(source, nullptr, no_passphrase, nullptr);
    if (list == nullptr) break;
    added = store == nullptr || openssl.add(store, list) == 1;
    openssl.release(list);
    count++;
  }
  const bool complete = added && is_end(openssl.last_error());
  openssl.close(source);
  openssl.clear_errors();
  if (store != nullptr) openssl.set_flags(store, kCheckAll);
  return complete ? count : -1;
}

bool ignores_lists_in(const char* cafile) {
  return cafile != nullptr && add_revocation_lists(nullptr, {cafile, false}) > 0;
}

#endif

}  // namespace libmosquitto
