#include "client.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "network.h"

enum { kKeepalive = 60, kSendMaximum = 20, kMostReads = 1 << 20 };

static struct client* of(void* userdata) { return userdata; }

/* The callbacks add up every byte that they get, so that AddressSanitizer detects a wrong length and freed memory. */
static volatile uint8_t sum;

static void look(const void* bytes, size_t length) {
  const uint8_t* const from = bytes;
  for (size_t i = 0; i < length; i++) sum ^= from[i];
}

static void look_at_text(const char* text) {
  if (text != NULL) look(text, strlen(text));
}

static void look_at_properties(const mosquitto_property* properties) {
  for (const mosquitto_property* p = properties; p != NULL; p = mosquitto_property_next(p)) {
    char *name = NULL, *value = NULL;
    void* binary = NULL;
    uint16_t length = 0;
    const int identifier = mosquitto_property_identifier(p);
    switch (mosquitto_property_type(p)) {
      case MQTT_PROP_TYPE_STRING:
        mosquitto_property_read_string(p, identifier, &value, false);
        break;
      case MQTT_PROP_TYPE_STRING_PAIR:
        mosquitto_property_read_string_pair(p, identifier, &name, &value, false);
        break;
      case MQTT_PROP_TYPE_BINARY:
        mosquitto_property_read_binary(p, identifier, &binary, &length, false);
        break;
      default:
        break;
    }
    look_at_text(name);
    look_at_text(value);
    look(binary, length);
    mosquitto_free(name);
    mosquitto_free(value);
    mosquitto_free(binary);
  }
}

static void on_connect(struct mosquitto* mosq, void* obj, int rc, int flags, const mosquitto_property* properties) {
  (void)mosq, (void)obj, (void)rc, (void)flags;
  look_at_properties(properties);
}

static void on_disconnect(struct mosquitto* mosq, void* obj, int rc, const mosquitto_property* properties) {
  (void)mosq, (void)obj, (void)rc;
  look_at_properties(properties);
}

static void on_publish(struct mosquitto* mosq, void* obj, int mid, int rc, const mosquitto_property* properties) {
  (void)mosq, (void)obj, (void)mid, (void)rc;
  look_at_properties(properties);
}

/* The library passes no byte of a large payload to the callback: the payload stands where handle_state says. */
static void on_message(struct mosquitto* mosq, void* obj, const struct mosquitto_message* message,
                       const mosquitto_property* properties) {
  (void)mosq;
  const struct payload_in_place* const kept = &of(obj)->kept.payload;
  look_at_text(message->topic);
  look(message->payload, (size_t)message->payloadlen);
  if (kept->bytes != NULL) look(kept->bytes, kept->length);
  look_at_properties(properties);
}

static void on_subscribe(struct mosquitto* mosq, void* obj, int mid, int count, const int* granted,
                         const mosquitto_property* properties) {
  (void)mosq, (void)obj, (void)mid;
  look(granted, (size_t)count * sizeof *granted);
  look_at_properties(properties);
}

static void on_unsubscribe(struct mosquitto* mosq, void* obj, int mid, int count, const int* codes,
                           const mosquitto_property* properties) {
  (void)mosq, (void)obj, (void)mid;
  look(codes, (size_t)count * sizeof *codes);
  look_at_properties(properties);
}

static int on_ext_auth(struct mosquitto* mosq, void* obj, const char* method, uint16_t length, const void* data,
                       const mosquitto_property* properties) {
  (void)mosq;
  look_at_text(method);
  look(data, data == NULL ? 0 : length);
  look_at_properties(properties);
  of(obj)->authenticating = true;
  return MOSQ_ERR_SUCCESS;
}

static void on_log(struct mosquitto* mosq, void* obj, int level, const char* text) {
  (void)mosq, (void)obj, (void)level;
  look_at_text(text);
}

void client_open(struct client* client, bool clean_session, bool logs) {
  *client = (struct client){.packet_limit = 64 * 1024};
  client->handle = mosquitto_new("fuzz", clean_session, client);
  engine_init_read_ahead(client->handle);
  mosquitto_connect_v5_callback_set(client->handle, on_connect);
  mosquitto_disconnect_v5_callback_set(client->handle, on_disconnect);
  mosquitto_publish_v5_callback_set(client->handle, on_publish);
  mosquitto_message_v5_callback_set(client->handle, on_message);
  mosquitto_subscribe_v5_callback_set(client->handle, on_subscribe);
  mosquitto_unsubscribe2_v5_callback_set(client->handle, on_unsubscribe);
  mosquitto_ext_auth_callback_set(client->handle, on_ext_auth);
  if (logs) mosquitto_log_callback_set(client->handle, on_log);
  mosquitto_threaded_set(client->handle, true);
  mosquitto_int_option(client->handle, MOSQ_OPT_TCP_NODELAY, 1);
}

void client_close(struct client* client) {
  repairs_release(client->handle);
  mosquitto_destroy(client->handle);
}

int client_connect(struct client* client) {
  client->authenticating = client->disconnecting = false;
  client->held_length = 0;
  repairs_prepare_connection(client->handle, kSendMaximum, kKeepalive);
  return mosquitto_reconnect(client->handle);
}

/* Disconnects as the addon does. DISCONNECT cannot be written during a handshake with a proxy or of WebSockets, so
 * the connection ends. disconnect() would replace the state of the proxy's handshake, and the library would read MQTT
 * into the proxy's reply. */
void client_disconnect(struct client* client) {
  const bool connected = mosquitto_socket(client->handle) >= 0;
  const bool early = connected && repairs_in_handshake(client->handle) != 0;
  mosquitto_disconnect(client->handle);
  if (early) repairs_close(client->handle);
}

static void read_all(struct client* client) {
  bool more = true;
  while (more && !client->authenticating && mosquitto_socket(client->handle) >= 0) {
    client->kept.read_ahead.emptied = 0;
    errno = 0;
    const bool leftovers = client->leftovers;
    repairs_begin_read(client->handle, leftovers);
    const int rc = mosquitto_loop_read(client->handle, 1);
    const bool drained = errno == EAGAIN || client->kept.read_ahead.emptied != 0;
    client->leftovers = repairs_end_read(client->handle) != 0;
    /* The socket may have more bytes behind the leftovers. */
    more = rc == MOSQ_ERR_SUCCESS && (leftovers || client->leftovers || !drained);
    /* No input has as many bytes: the client reads nothing in an endless loop. */
    if (network_reads() > kMostReads) __builtin_trap();
  }
}

static void write_all(struct client* client) {
  if (client->authenticating || mosquitto_socket(client->handle) < 0) return;
  if (mosquitto_want_write(client->handle)) mosquitto_loop_write(client->handle, 1);
}

void client_move(struct client* client) {
  read_all(client);
  write_all(client);
  engine_write_directly(client->handle);
}

void client_authenticate(struct client* client, bool consent) {
  if (!client->authenticating) return;
  client->authenticating = false;
  if (mosquitto_socket(client->handle) < 0) return;
  if (!consent) {
    network_end();
    return;
  }
  mosquitto_ext_auth_continue(client->handle, "fuzz", 4, "data", NULL);
  if (client->held_length > 0) repairs_restore_input(client->handle, client->held_position, client->held_length);
  client->held_length = 0;
}
