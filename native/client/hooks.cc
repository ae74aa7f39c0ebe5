// The functions that libmosquitto, OpenSSL, and the C code in native/libmosquitto call with a client as user data. Each
// finds the part of the client that answers.
#include <algorithm>
#include <new>
#include <string_view>

#include "client/client.h"
#include "client/tls_settings.h"
#ifndef LIBMOSQUITTO_SYSTEM
#include "libmosquitto/addon.h"
#endif

namespace libmosquitto {
namespace {

Client& client_of(void* userdata) { return *static_cast<Client*>(userdata); }

}  // namespace

// There always is a passphrase: without one OpenSSL would ask for it on the terminal.
int give_passphrase(char* buffer, int size, int /*rwflag*/, void* handle) {
  const std::string_view passphrase = client_of(mosquitto_userdata(static_cast<mosquitto*>(handle))).tls().passphrase();
  if (size < 0 || passphrase.size() > static_cast<size_t>(size)) return 0;
  std::copy(passphrase.begin(), passphrase.end(), buffer);
  return static_cast<int>(passphrase.size());
}

}  // namespace libmosquitto

#ifndef LIBMOSQUITTO_SYSTEM

using libmosquitto::client_of;

uint32_t addon_packet_limit(void* userdata) { return client_of(userdata).connection().packet_limit(); }

int addon_authenticates(void* userdata) { return client_of(userdata).connection().authenticating() ? 1 : 0; }

void addon_put_input_aside(void* userdata, uint16_t position, uint16_t length) {
  client_of(userdata).connection().put_input_aside(position, length);
}

int addon_read_enough(void* userdata) { return client_of(userdata).connection().read_enough() ? 1 : 0; }

void addon_tls_failed(void* userdata) { client_of(userdata).tls().fail(); }

uint32_t addon_filter_count(void* userdata, int command, uint16_t mid) {
  return client_of(userdata).codes_asked(command, mid);
}

void addon_end_with(void* userdata, int rc) { client_of(userdata).session().set_end_code(rc); }

void addon_end_without_memory(void* userdata) { client_of(userdata).session().end_without_memory(); }

void addon_packet_refused(void* userdata) { client_of(userdata).session().set_end_code(MOSQ_ERR_OVERSIZE_PACKET); }

uint64_t addon_unreleased_limit(void* userdata, uint16_t receive_maximum) {
  return client_of(userdata).connection().unreleased_limit(receive_maximum);
}

int addon_reserve(void* userdata, uint64_t bytes, uint64_t properties) {
  return client_of(userdata).session().make_room(bytes, properties) ? 1 : 0;
}

handle_state* addon_state(void* userdata) { return &client_of(userdata).session().state(); }

tls_demands addon_tls_demands(void* userdata) {
  libmosquitto::Client& client = client_of(userdata);
  const auto& lists = client.tls().revocation_lists();
  return {lists ? lists->source.c_str() : nullptr, lists && lists->is_text ? 1 : 0, client.srv_domain()};
}

// OpenSSL's callbacks call this: no exception leaves it.
void addon_tls_refuse(void* userdata, const char* reason) {
  libmosquitto::Client& client = client_of(userdata);
  try {
    client.tls().refuse(reason);
  } catch (const std::bad_alloc&) {
    client.session().end_without_memory();
  }
}

void addon_tls_tolerate(void* userdata) { client_of(userdata).tls().tolerate(); }

#endif
