/* The harness for libFuzzer: a real client of libmosquitto, with the code of native/libmosquitto/ in front of it,
 * gets the input from its peer. The first bytes of an input select the settings of the client, the pieces in which
 * the peer's bytes arrive, and the calls of the program in between. All other bytes are the peer's. The environment
 * variable LIBMOSQUITTO_FUZZ selects the kind of connection: tcp, websocket or socks. */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "network.h"

enum {
  kOptions = 2,
  kPlan = 14,
  kHead = kOptions + kPlan,
  kMostChunks = 4096,
  kLargePayload = 20000,
};

static bool over_websockets, through_proxy;

int LLVMFuzzerInitialize(int* argc, char*** argv);
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc, (void)argv;
  const char* const kind = getenv("LIBMOSQUITTO_FUZZ");
  over_websockets = kind != NULL && strcmp(kind, "websocket") == 0;
  through_proxy = kind != NULL && strcmp(kind, "socks") == 0;
  mosquitto_lib_init();
  repairs_initialise();
  return 0;
}

static void set_up(struct mosquitto* handle, uint8_t options, uint8_t more) {
  static const int versions[] = {MQTT_PROTOCOL_V31, MQTT_PROTOCOL_V311, MQTT_PROTOCOL_V5, MQTT_PROTOCOL_V5};
  mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, versions[options & 3]);
  if ((options & 0x10) != 0) mosquitto_username_pw_set(handle, "user", "password");
  if ((options & 0x20) != 0) mosquitto_will_set(handle, "will", 4, "gone", 1, false);
  if (over_websockets || (more & 0x01) != 0) mosquitto_int_option(handle, MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS);
  if (!through_proxy) return;
  const bool with_password = (more & 0x02) != 0;
  mosquitto_socks5_set(handle, "proxy", 1080, with_password ? "user" : NULL, with_password ? "password" : NULL);
}

static size_t chunk_size(uint8_t step) {
  const size_t code = step & 0x1F;
  if (code == 0x1F) return SIZE_MAX;
  return code < 0x10 ? code + 1 : (code - 0x0F) * 64;
}

static void act(struct client* client, uint8_t step, size_t turn) {
  static const uint8_t large[kLargePayload];
  struct mosquitto* const handle = client->handle;
  switch (step >> 5) {
    case 1:
      mosquitto_publish(handle, NULL, "fuzz/topic", 7, "payload", (int)(turn % 3), false);
      break;
    case 2:
      mosquitto_publish(handle, NULL, "fuzz/large", sizeof large, large, (int)(turn % 3), true);
      break;
    case 3:
      mosquitto_subscribe(handle, NULL, "fuzz/#", (int)(turn % 3));
      break;
    case 4:
      mosquitto_unsubscribe(handle, NULL, "fuzz/#");
      break;
    case 5:
      network_room(turn % 2 == 0 ? 3 : SIZE_MAX);
      break;
    case 6:
      mosquitto_loop_misc(handle);
      break;
    case 7:
      if (turn % 4 == 3) client_disconnect(client);
      break;
    default:
      break;
  }
  client_authenticate(client, turn % 5 != 4);
}

/* Plays one connection, from its handshake to its end. */
static void converse(struct client* client, const uint8_t* plan, const uint8_t* bytes, size_t length) {
  network_offer(bytes, length);
  if (client_connect(client) != MOSQ_ERR_SUCCESS) return;
  client_move(client);
  for (size_t turn = 0; network_left() > 0 && mosquitto_socket(client->handle) >= 0; turn++) {
    const uint8_t step = plan[turn % kPlan];
    network_arrive(turn < kMostChunks ? chunk_size(step) : SIZE_MAX);
    client_move(client);
    act(client, step, turn);
    client_move(client);
  }
  network_room(SIZE_MAX);
  network_end();
  for (int i = 0; i < 4 && mosquitto_socket(client->handle) >= 0; i++) {
    client_move(client);
    client_authenticate(client, true);
  }
  /* The end of the stream was read: a client that still has its connection waits for ever. */
  if (mosquitto_socket(client->handle) >= 0) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHead) return 0;
  const uint8_t options = data[0];
  const uint8_t more = data[1];
  const uint8_t* const plan = data + kOptions;
  const uint8_t* const bytes = data + kHead;
  const size_t length = size - kHead;
  struct client client;
  client_open(&client, (options & 0x04) != 0, (options & 0x08) != 0);
  set_up(client.handle, options, through_proxy ? more : more & 0xFE);
  if ((options & 0x40) != 0) client.packet_limit = 256;
  network_refuse();
  mosquitto_connect_bind_v5(client.handle, "broker", 1883, 60, NULL, NULL);
  if ((more & 0x04) != 0) act(&client, 1 << 5, more >> 3);
  /* Two connections of one client share what is left of the first. */
  const size_t first = (options & 0x80) != 0 ? length / 2 : length;
  converse(&client, plan, bytes, first);
  if (first < length) converse(&client, plan, bytes + first, length - first);
  client_close(&client);
  return 0;
}
