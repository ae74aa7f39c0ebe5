/* Defines for the harness the functions that native/libmosquitto/addon.h declares. In the addon native/client/hooks.cc
 * defines them. */
#include "addon.h"

#include <stddef.h>

#include "client.h"

static struct client* of(void* userdata) { return userdata; }

uint32_t addon_packet_limit(void* userdata) { return of(userdata)->packet_limit; }
void addon_packet_refused(void* userdata) { (void)userdata; }
void addon_end_with(void* userdata, int rc) { (void)userdata, (void)rc; }
void addon_end_without_memory(void* userdata) { (void)userdata; }
int addon_authenticates(void* userdata) { return of(userdata)->authenticating; }
void addon_tls_failed(void* userdata) { (void)userdata; }
struct handle_state* addon_state(void* userdata) { return &of(userdata)->kept; }

uint64_t addon_unreleased_limit(void* userdata, uint16_t receive_maximum) {
  return (uint64_t)of(userdata)->packet_limit * receive_maximum;
}

void addon_put_input_aside(void* userdata, uint16_t position, uint16_t length) {
  of(userdata)->held_position = position;
  of(userdata)->held_length = length;
}

/* The harness subscribes to one filter at a time. */
uint32_t addon_filter_count(void* userdata, int command, uint16_t mid) {
  (void)userdata, (void)command, (void)mid;
  return 1;
}

/* Every third call ends a read. With the clock instead, an input could not be repeated. */
int addon_read_enough(void* userdata) { return ++of(userdata)->looks % 3 == 0; }

int addon_reserve(void* userdata, uint64_t bytes, uint64_t properties) {
  (void)userdata, (void)bytes, (void)properties;
  return 1;
}

struct tls_demands addon_tls_demands(void* userdata) {
  (void)userdata;
  return (struct tls_demands){.crl = NULL};
}

void addon_tls_refuse(void* userdata, const char* reason) { (void)userdata, (void)reason; }

void addon_tls_tolerate(void* userdata) { (void)userdata; }
