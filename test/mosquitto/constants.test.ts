// Tests the values and the types of the constants. A wrong value would send wrong packets.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };

const exported = libmosquitto as unknown as Record<string, unknown>;
const names = Object.keys(libmosquitto).filter((name) => /^(MOSQ|MQTT|CMD|CONNACK|PROTOCOL)_/.test(name));
const declarations = readFileSync(join(dirname(require.resolve('libmosquitto')), 'native', 'constants.d.ts'), 'utf8');

// These values are from the tables of the MQTT specifications and of mosquitto(3), not from the headers that the
// constants are generated from.
const NUMBERS: Record<string, number> = {
  MOSQ_OPT_PROTOCOL_VERSION: 1,
  MOSQ_OPT_SSL_CTX: 2,
  MOSQ_OPT_SSL_CTX_WITH_DEFAULTS: 3,
  MOSQ_OPT_RECEIVE_MAXIMUM: 4,
  MOSQ_OPT_SEND_MAXIMUM: 5,
  MOSQ_OPT_TLS_KEYFORM: 6,
  MOSQ_OPT_TLS_ENGINE: 7,
  MOSQ_OPT_TLS_ENGINE_KPASS_SHA1: 8,
  MOSQ_OPT_TLS_OCSP_REQUIRED: 9,
  MOSQ_OPT_TLS_ALPN: 10,
  MOSQ_OPT_TCP_NODELAY: 11,
  MOSQ_OPT_BIND_ADDRESS: 12,
  MOSQ_OPT_TLS_USE_OS_CERTS: 13,
  MOSQ_OPT_DISABLE_SOCKETPAIR: 14,
  MOSQ_OPT_TRANSPORT: 15,
  MOSQ_OPT_HTTP_PATH: 16,
  MOSQ_OPT_HTTP_HEADER_SIZE: 17,
  MOSQ_T_TCP: 1,
  MOSQ_T_WEBSOCKETS: 2,
  MOSQ_MQTT_ID_MAX_LENGTH: 23,
  MQTT_PROTOCOL_V31: 3,
  MQTT_PROTOCOL_V311: 4,
  MQTT_PROTOCOL_V5: 5,
  PROTOCOL_VERSION_v31: 3,
  PROTOCOL_VERSION_v311: 4,
  PROTOCOL_VERSION_v5: 5,
  CMD_CONNECT: 0x10,
  CMD_CONNACK: 0x20,
  CMD_PUBLISH: 0x30,
  CMD_PUBACK: 0x40,
  CMD_PUBREC: 0x50,
  CMD_PUBREL: 0x60,
  CMD_PUBCOMP: 0x70,
  CMD_SUBSCRIBE: 0x80,
  CMD_SUBACK: 0x90,
  CMD_UNSUBSCRIBE: 0xa0,
  CMD_UNSUBACK: 0xb0,
  CMD_PINGREQ: 0xc0,
  CMD_PINGRESP: 0xd0,
  CMD_DISCONNECT: 0xe0,
  CMD_AUTH: 0xf0,
  CONNACK_ACCEPTED: 0,
  CONNACK_REFUSED_PROTOCOL_VERSION: 1,
  CONNACK_REFUSED_IDENTIFIER_REJECTED: 2,
  CONNACK_REFUSED_SERVER_UNAVAILABLE: 3,
  CONNACK_REFUSED_BAD_USERNAME_PASSWORD: 4,
  CONNACK_REFUSED_NOT_AUTHORIZED: 5,
  MQTT_RC_SUCCESS: 0x00,
  MQTT_RC_NORMAL_DISCONNECTION: 0x00,
  MQTT_RC_GRANTED_QOS0: 0x00,
  MQTT_RC_GRANTED_QOS1: 0x01,
  MQTT_RC_GRANTED_QOS2: 0x02,
  MQTT_RC_DISCONNECT_WITH_WILL_MSG: 0x04,
  MQTT_RC_NO_MATCHING_SUBSCRIBERS: 0x10,
  MQTT_RC_NO_SUBSCRIPTION_EXISTED: 0x11,
  MQTT_RC_CONTINUE_AUTHENTICATION: 0x18,
  MQTT_RC_REAUTHENTICATE: 0x19,
  MQTT_RC_UNSPECIFIED: 0x80,
  MQTT_RC_MALFORMED_PACKET: 0x81,
  MQTT_RC_PROTOCOL_ERROR: 0x82,
  MQTT_RC_IMPLEMENTATION_SPECIFIC: 0x83,
  MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION: 0x84,
  MQTT_RC_CLIENTID_NOT_VALID: 0x85,
  MQTT_RC_BAD_USERNAME_OR_PASSWORD: 0x86,
  MQTT_RC_NOT_AUTHORIZED: 0x87,
  MQTT_RC_SERVER_UNAVAILABLE: 0x88,
  MQTT_RC_SERVER_BUSY: 0x89,
  MQTT_RC_BANNED: 0x8a,
  MQTT_RC_SERVER_SHUTTING_DOWN: 0x8b,
  MQTT_RC_BAD_AUTHENTICATION_METHOD: 0x8c,
  MQTT_RC_KEEP_ALIVE_TIMEOUT: 0x8d,
  MQTT_RC_SESSION_TAKEN_OVER: 0x8e,
  MQTT_RC_TOPIC_FILTER_INVALID: 0x8f,
  MQTT_RC_TOPIC_NAME_INVALID: 0x90,
  MQTT_RC_PACKET_ID_IN_USE: 0x91,
  MQTT_RC_PACKET_ID_NOT_FOUND: 0x92,
  MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED: 0x93,
  MQTT_RC_TOPIC_ALIAS_INVALID: 0x94,
  MQTT_RC_PACKET_TOO_LARGE: 0x95,
  MQTT_RC_MESSAGE_RATE_TOO_HIGH: 0x96,
  MQTT_RC_QUOTA_EXCEEDED: 0x97,
  MQTT_RC_ADMINISTRATIVE_ACTION: 0x98,
  MQTT_RC_PAYLOAD_FORMAT_INVALID: 0x99,
  MQTT_RC_RETAIN_NOT_SUPPORTED: 0x9a,
  MQTT_RC_QOS_NOT_SUPPORTED: 0x9b,
  MQTT_RC_USE_ANOTHER_SERVER: 0x9c,
  MQTT_RC_SERVER_MOVED: 0x9d,
  MQTT_RC_SHARED_SUBS_NOT_SUPPORTED: 0x9e,
  MQTT_RC_CONNECTION_RATE_EXCEEDED: 0x9f,
  MQTT_RC_MAXIMUM_CONNECT_TIME: 0xa0,
  MQTT_RC_SUBSCRIPTION_IDS_NOT_SUPPORTED: 0xa1,
  MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED: 0xa2,
  MQTT_PROP_PAYLOAD_FORMAT_INDICATOR: 0x01,
  MQTT_PROP_MESSAGE_EXPIRY_INTERVAL: 0x02,
  MQTT_PROP_CONTENT_TYPE: 0x03,
  MQTT_PROP_RESPONSE_TOPIC: 0x08,
  MQTT_PROP_CORRELATION_DATA: 0x09,
  MQTT_PROP_SUBSCRIPTION_IDENTIFIER: 0x0b,
  MQTT_PROP_SESSION_EXPIRY_INTERVAL: 0x11,
  MQTT_PROP_ASSIGNED_CLIENT_IDENTIFIER: 0x12,
  MQTT_PROP_SERVER_KEEP_ALIVE: 0x13,
  MQTT_PROP_AUTHENTICATION_METHOD: 0x15,
  MQTT_PROP_AUTHENTICATION_DATA: 0x16,
  MQTT_PROP_REQUEST_PROBLEM_INFORMATION: 0x17,
  MQTT_PROP_WILL_DELAY_INTERVAL: 0x18,
  MQTT_PROP_REQUEST_RESPONSE_INFORMATION: 0x19,
  MQTT_PROP_RESPONSE_INFORMATION: 0x1a,
  MQTT_PROP_SERVER_REFERENCE: 0x1c,
  MQTT_PROP_REASON_STRING: 0x1f,
  MQTT_PROP_RECEIVE_MAXIMUM: 0x21,
  MQTT_PROP_TOPIC_ALIAS_MAXIMUM: 0x22,
  MQTT_PROP_TOPIC_ALIAS: 0x23,
  MQTT_PROP_MAXIMUM_QOS: 0x24,
  MQTT_PROP_RETAIN_AVAILABLE: 0x25,
  MQTT_PROP_USER_PROPERTY: 0x26,
  MQTT_PROP_MAXIMUM_PACKET_SIZE: 0x27,
  MQTT_PROP_WILDCARD_SUB_AVAILABLE: 0x28,
  MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE: 0x29,
  MQTT_PROP_SHARED_SUB_AVAILABLE: 0x2a,
  MQTT_SUB_OPT_NO_LOCAL: 0x04,
  MQTT_SUB_OPT_RETAIN_AS_PUBLISHED: 0x08,
  MQTT_SUB_OPT_SEND_RETAIN_ALWAYS: 0x00,
  MQTT_SUB_OPT_SEND_RETAIN_NEW: 0x10,
  MQTT_SUB_OPT_SEND_RETAIN_NEVER: 0x20,
  MQTT_MAX_PAYLOAD: 268435455,
  MQTT_SESSION_EXPIRY_IMMEDIATE: 0,
  MQTT_SESSION_EXPIRY_NEVER: 0xffffffff,
};

test("the constants have the specifications' and libmosquitto's numbers", limit, () => {
  for (const [name, value] of Object.entries(NUMBERS)) assert.equal(exported[name], value, name);
  assert.equal(libmosquitto.PROTOCOL_NAME, 'MQTT');
  assert.equal(libmosquitto.PROTOCOL_NAME_v31, 'MQIsdp');
});

test('there are all of each family', limit, () => {
  const count = (pattern: RegExp): number => names.filter((name) => pattern.test(name)).length;
  assert.equal(count(/^MQTT_PROP_(?!TYPE_)/), 27, 'properties');
  assert.equal(count(/^MQTT_PROP_TYPE_/), 7, 'types of properties');
  assert.equal(count(/^MQTT_RC_/), 45, 'reason codes, of which success has three names');
  assert.equal(count(/^CMD_/), 17, 'packets, the reserved one and the will');
  assert.equal(count(/^CONNACK_/), 6);
  assert.equal(count(/^MQTT_SUB_OPT_/), 5);
  assert.ok(count(/^MOSQ_OPT_/) >= 17);
  assert.ok(count(/^MOSQ_ERR_/) >= 64);
  assert.ok(count(/^MOSQ_LOG_/) >= 11);
});

test('no two properties, options, packets or error codes share a number', limit, () => {
  for (const family of [/^MQTT_PROP_(?!TYPE_)/, /^MOSQ_OPT_/, /^CMD_/, /^MOSQ_ERR_/, /^MQTT_PROP_TYPE_/]) {
    const values = names.filter((name) => family.test(name)).map((name) => exported[name]);
    assert.equal(new Set(values).size, values.length, String(family));
  }
});

test('every constant is a literal in the types, with a text of its own', limit, () => {
  const documented = new Map<string, string>();
  for (const match of declarations.matchAll(/^\/\*\* (.+) \*\/\nexport declare const (\w+) = (-?\d+|".*");$/gm)) {
    const [, text = '', name = ''] = match;
    documented.set(name, text);
  }
  assert.deepEqual([...documented.keys()].sort(), [...names].sort());
  // A text that two names share would describe neither.
  const seen = new Map<string, string>();
  for (const [name, text] of documented) {
    const family = /^[A-Z]+_[A-Z]+_/.exec(name)?.[0] ?? '';
    assert.equal(seen.get(family + text), undefined, `${name}: ${text}`);
    seen.set(family + text, name);
    assert.match(text, /\.$/, name);
  }
});

// Node finds the names that an ES module may import by reading the CommonJS code, without running it.
test('ES modules can import every export by name', limit, async () => {
  const namespace: object = await import('libmosquitto');
  const missing = Object.keys(libmosquitto).filter((name) => !(name in namespace));
  assert.deepEqual(missing, []);
});
