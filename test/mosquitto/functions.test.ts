// Tests the functions about versions, codes and errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import {
  build_info,
  connack_string,
  lib_cleanup,
  lib_init,
  lib_version,
  MosquittoError,
  reason_string,
  strerror,
} from 'libmosquitto';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };

test('lib_version() is 2.0 or newer, in parts and as one number', limit, () => {
  const { major, minor, revision, number } = lib_version();
  assert.equal(major, 2);
  assert.ok(Number.isInteger(minor) && minor >= 0);
  assert.equal(number, major * 1000000 + minor * 1000 + revision);
  assert.ok(number >= 2000011);
});

test('build_info() returns versions, linkage and features', limit, () => {
  const info = build_info();
  const { major, minor } = lib_version();
  assert.match(info.libmosquitto, new RegExp(`^${major}\\.${minor}\\.\\d+$`));
  assert.ok(info.linkage === 'static' || info.linkage === 'system');
  assert.deepEqual(Object.keys(info.features).sort(), [
    'socks',
    'threads',
    'tls',
    'tls_psk',
    'unix_sockets',
    'websockets',
  ]);
  for (const present of Object.values(info.features)) assert.equal(typeof present, 'boolean');
  assert.equal(info.features.threads, true);
  if (info.features.tls) assert.match(info.openssl, /^OpenSSL \d/);
  if (info.linkage === 'static')
    assert.ok(Object.values(info.features).every(Boolean), 'the library built in has everything');
});

test('lib_init() and lib_cleanup() do no harm, however often', limit, () => {
  assert.equal(lib_init(), libmosquitto.MOSQ_ERR_SUCCESS);
  assert.equal(lib_cleanup(), libmosquitto.MOSQ_ERR_SUCCESS);
  assert.equal(lib_cleanup(), libmosquitto.MOSQ_ERR_SUCCESS);
  const client = new libmosquitto.Mosquitto('after-cleanup');
  client.destroy();
  assert.equal(lib_init(), libmosquitto.MOSQ_ERR_SUCCESS);
});

test('strerror() has a text of its own for each code, and one for an unknown code', limit, () => {
  const codes = Object.entries(libmosquitto).filter(([name]) => name.startsWith('MOSQ_ERR_'));
  for (const [name, code] of codes) {
    const text = strerror(code as number);
    assert.ok(text.length > 0, name);
  }
  assert.match(strerror(libmosquitto.MOSQ_ERR_SUCCESS), /no error/i);
  assert.match(strerror(libmosquitto.MOSQ_ERR_NO_CONN), /not currently connected/i);
  assert.match(strerror(libmosquitto.MOSQ_ERR_INVAL), /invalid/i);
  assert.notEqual(strerror(libmosquitto.MOSQ_ERR_NOMEM), strerror(libmosquitto.MOSQ_ERR_CONN_LOST));
  // Version 2.0 lacks the codes that are reason codes of MQTT 5.
  assert.match(strerror(libmosquitto.MOSQ_ERR_SESSION_TAKEN_OVER), /session taken over/i);
  assert.match(strerror(libmosquitto.MOSQ_ERR_WILDCARD_SUBS_NOT_SUPPORTED), /wildcard subscriptions/i);
  assert.match(strerror(libmosquitto.MOSQ_ERR_ERRNO), /last_errno/);
  assert.match(strerror(123456), /unknown/i);
  assert.match(strerror(-12345), /unknown/i);
});

test('connack_string() for the codes of MQTT 3.1 and for an unknown one', limit, () => {
  const texts = [0, 1, 2, 3, 4, 5].map((code) => connack_string(code));
  assert.equal(new Set(texts).size, 6);
  assert.match(texts[0] ?? '', /accepted/i);
  assert.match(texts[1] ?? '', /protocol version/i);
  assert.match(texts[2] ?? '', /identifier/i);
  assert.match(texts[3] ?? '', /unavailable/i);
  assert.match(texts[4] ?? '', /user name or password|username or password/i);
  assert.match(texts[5] ?? '', /not authori[sz]ed/i);
  assert.match(connack_string(200), /unknown/i);
});

test('reason_string() has a text for each reason code, and one for an unknown code', limit, () => {
  const codes = Object.entries(libmosquitto).filter(([name]) => name.startsWith('MQTT_RC_'));
  assert.equal(codes.length, 45);
  for (const [name, code] of codes) assert.doesNotMatch(reason_string(code as number), /unknown/i, name);
  const texts = new Set(codes.map(([, code]) => reason_string(code as number)));
  assert.equal(texts.size, new Set(codes.map(([, code]) => code)).size, 'a text of its own');
  assert.match(reason_string(libmosquitto.MQTT_RC_SUCCESS), /success/i);
  assert.match(reason_string(libmosquitto.MQTT_RC_NOT_AUTHORIZED), /not authorized/i);
  assert.match(reason_string(libmosquitto.MQTT_RC_QUOTA_EXCEEDED), /quota exceeded/i);
  for (const code of [3, 127, 163, 255, -1]) assert.match(reason_string(code), /unknown reason/i, String(code));
});

test('functions that take a code throw a TypeError for anything else', limit, () => {
  for (const explain of [strerror, connack_string, reason_string]) {
    for (const value of [undefined, null, '5', 1.5, Number.NaN, 2 ** 40]) {
      assert.throws(() => explain(value as number), { name: 'TypeError', message: /argument 1 \((rc|code)\)/ });
    }
  }
});

// The numbers of mosquitto.h, which programs may have copied.
const CONSTANTS: Record<string, number> = {
  MOSQ_ERR_AUTH_CONTINUE: -4,
  MOSQ_ERR_NO_SUBSCRIBERS: -3,
  MOSQ_ERR_SUB_EXISTS: -2,
  MOSQ_ERR_CONN_PENDING: -1,
  MOSQ_ERR_SUCCESS: 0,
  MOSQ_ERR_NOMEM: 1,
  MOSQ_ERR_PROTOCOL: 2,
  MOSQ_ERR_INVAL: 3,
  MOSQ_ERR_NO_CONN: 4,
  MOSQ_ERR_CONN_REFUSED: 5,
  MOSQ_ERR_NOT_FOUND: 6,
  MOSQ_ERR_CONN_LOST: 7,
  MOSQ_ERR_TLS: 8,
  MOSQ_ERR_PAYLOAD_SIZE: 9,
  MOSQ_ERR_NOT_SUPPORTED: 10,
  MOSQ_ERR_AUTH: 11,
  MOSQ_ERR_ACL_DENIED: 12,
  MOSQ_ERR_UNKNOWN: 13,
  MOSQ_ERR_ERRNO: 14,
  MOSQ_ERR_EAI: 15,
  MOSQ_ERR_PROXY: 16,
  MOSQ_ERR_PLUGIN_DEFER: 17,
  MOSQ_ERR_MALFORMED_UTF8: 18,
  MOSQ_ERR_KEEPALIVE: 19,
  MOSQ_ERR_LOOKUP: 20,
  MOSQ_ERR_MALFORMED_PACKET: 21,
  MOSQ_ERR_DUPLICATE_PROPERTY: 22,
  MOSQ_ERR_TLS_HANDSHAKE: 23,
  MOSQ_ERR_QOS_NOT_SUPPORTED: 24,
  MOSQ_ERR_OVERSIZE_PACKET: 25,
  MOSQ_ERR_OCSP: 26,
  MOSQ_LOG_NONE: 0,
  MOSQ_LOG_INFO: 1,
  MOSQ_LOG_NOTICE: 2,
  MOSQ_LOG_WARNING: 4,
  MOSQ_LOG_ERR: 8,
  MOSQ_LOG_DEBUG: 16,
};

test('the constants are there, with the values of mosquitto.h', limit, () => {
  for (const [name, value] of Object.entries(CONSTANTS)) {
    assert.equal((libmosquitto as unknown as Record<string, unknown>)[name], value, name);
  }
});

test('MosquittoError carries code, name and message', limit, () => {
  const error = new MosquittoError(libmosquitto.MOSQ_ERR_NO_CONN, 'not connected');
  assert.equal(error.rc, libmosquitto.MOSQ_ERR_NO_CONN);
  assert.equal(error.code, 'MOSQ_ERR_NO_CONN');
  assert.equal(error.message, 'not connected');
  assert.equal(error.errno, undefined);
  assert.equal(String(error), 'MosquittoError: not connected');
});
