// Tests the functions about MQTT 5 properties against the tables of the specification.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import {
  lib_version,
  MOSQ_ERR_DUPLICATE_PROPERTY,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_PROTOCOL,
  MOSQ_ERR_SUCCESS,
  MosquittoError,
  type Properties,
  property_check_all,
  property_check_command,
  property_get_length_all,
  property_get_remaining_length,
  property_identifier_to_string,
  string_to_command,
  string_to_property_info,
  varint_bytes,
} from 'libmosquitto';
import { PACKETS, PROPERTIES } from '../support/property-table';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };

function type(name: string): unknown {
  return (libmosquitto as unknown as Record<string, unknown>)[`MQTT_PROP_TYPE_${name}`];
}

test('string_to_property_info() knows identifier and type of all 27, in upper and lower case', limit, () => {
  assert.equal(PROPERTIES.length, 27);
  for (const [name, identifier, type_name] of PROPERTIES) {
    const expected = { identifier, type: type(type_name) };
    assert.equal(typeof expected.type, 'number', type_name);
    assert.deepEqual(string_to_property_info(name), expected, name);
    assert.deepEqual(string_to_property_info(name.toUpperCase()), expected, name);
  }
});

test('string_to_property_info() is null for an unknown name', limit, () => {
  for (const name of ['', 'content', 'content_type', 'content-type ', 'topic-alias-max']) {
    assert.equal(string_to_property_info(name), null, name);
  }
});

test('property_identifier_to_string() is its reverse, and null for an unknown identifier', limit, () => {
  const names = new Map(PROPERTIES.map(([name, identifier]) => [identifier, name]));
  for (let identifier = -1; identifier <= 256; identifier++) {
    assert.equal(property_identifier_to_string(identifier), names.get(identifier) ?? null, String(identifier));
  }
});

test("property_check_command() allows what the specification's table allows", limit, () => {
  for (const [name, identifier, , packets] of PROPERTIES) {
    const allowed = packets.split(' ');
    for (const packet of PACKETS) {
      // libmosquitto allows a reason string in a will, which the specification does not.
      if (name === 'reason-string' && packet === 'will') continue;
      const expected = allowed.includes(packet) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_PROTOCOL;
      assert.equal(property_check_command(string_to_command(packet), identifier), expected, `${name} in ${packet}`);
    }
  }
  assert.equal(property_check_command(libmosquitto.CMD_PUBLISH, 0), MOSQ_ERR_PROTOCOL);
  assert.equal(property_check_command(libmosquitto.CMD_PUBLISH, 4), MOSQ_ERR_PROTOCOL);
});

test('property_check_all() looks at each property, and at all together', limit, () => {
  const { CMD_CONNECT, CMD_PUBLISH, CMD_SUBSCRIBE, CMD_WILL } = libmosquitto;
  const cases: Array<[command: number, properties: Properties | null, rc: number]> = [
    [CMD_PUBLISH, null, MOSQ_ERR_SUCCESS],
    [CMD_PUBLISH, {}, MOSQ_ERR_SUCCESS],
    [CMD_PUBLISH, { 'content-type': 'text/plain', 'topic-alias': 5 }, MOSQ_ERR_SUCCESS],
    [CMD_PUBLISH, { 'topic-alias': 0 }, MOSQ_ERR_PROTOCOL],
    [CMD_PUBLISH, { 'response-topic': 'a/b' }, MOSQ_ERR_SUCCESS],
    [CMD_PUBLISH, { 'response-topic': 'a/#' }, MOSQ_ERR_PROTOCOL],
    [CMD_PUBLISH, { 'response-topic': '' }, MOSQ_ERR_PROTOCOL],
    [CMD_PUBLISH, { 'subscription-identifier': [1, 2] }, MOSQ_ERR_DUPLICATE_PROPERTY],
    [CMD_PUBLISH, { 'will-delay-interval': 5 }, MOSQ_ERR_PROTOCOL],
    [CMD_WILL, { 'will-delay-interval': 5, 'correlation-data': Buffer.from([0, 255]) }, MOSQ_ERR_SUCCESS],
    [CMD_SUBSCRIBE, { 'subscription-identifier': 268435455 }, MOSQ_ERR_SUCCESS],
    [CMD_CONNECT, { 'receive-maximum': 0 }, MOSQ_ERR_PROTOCOL],
    [CMD_CONNECT, { 'maximum-packet-size': 0 }, MOSQ_ERR_PROTOCOL],
    [CMD_CONNECT, { 'request-problem-information': 2 }, MOSQ_ERR_PROTOCOL],
    [CMD_CONNECT, { 'session-expiry-interval': 0xffffffff }, MOSQ_ERR_SUCCESS],
    [
      CMD_CONNECT,
      {
        'user-property': [
          ['a', '1'],
          ['a', '1'],
        ],
      },
      MOSQ_ERR_SUCCESS,
    ],
  ];
  for (const [command, properties, rc] of cases) {
    assert.equal(property_check_all(command, properties), rc, `${command} ${JSON.stringify(properties)}`);
  }
});

test('property_check_all() throws for what is no property', limit, () => {
  const check = (properties: unknown) => () => property_check_all(libmosquitto.CMD_PUBLISH, properties as Properties);
  assert.throws(check({ 'content-kind': 'x' }), { name: 'TypeError', message: /argument 2 .*'content-kind'/ });
  assert.throws(check({ 'topic-alias': 'x' }), { name: 'TypeError', message: /argument 2 .*'topic-alias'/ });
  assert.throws(check({ 'topic-alias': 65536 }), { name: 'RangeError', message: /argument 2 .*'topic-alias'/ });
  assert.throws(check('content-type'), { name: 'TypeError', message: /argument 2 \(properties\)/ });
});

// An identifier and its value: one byte, two for an INT16, two more before a string, ...
const LENGTHS: Array<[properties: Properties | null, length: number]> = [
  [null, 0],
  [{}, 0],
  [{ 'payload-format-indicator': 1 }, 2],
  [{ 'topic-alias': 1 }, 3],
  [{ 'message-expiry-interval': 1 }, 5],
  [{ 'subscription-identifier': 127 }, 2],
  [{ 'subscription-identifier': 128 }, 3],
  [{ 'subscription-identifier': [1, 268435455] }, 7],
  [{ 'content-type': 'größe' }, 10],
  [{ 'correlation-data': new Uint8Array(200) }, 203],
  [{ 'user-property': [['a', 'bc']] }, 8],
  [{ 'topic-alias': 1, 'content-type': '' }, 6],
];

if (lib_version().number >= 2001000) {
  test('property_get_length_all() and property_get_remaining_length() count bytes in a packet', limit, () => {
    for (const [properties, length] of LENGTHS) {
      const shown = JSON.stringify(properties);
      assert.equal(property_get_length_all(properties), length, shown);
      assert.equal(property_get_remaining_length(properties), length + varint_bytes(length), shown);
    }
  });
} else {
  test('functions that 2.1 added throw a MosquittoError', limit, () => {
    for (const count of [property_get_length_all, property_get_remaining_length]) {
      assert.throws(
        () => count({ 'topic-alias': 1 }),
        (error) => error instanceof MosquittoError && error.rc === MOSQ_ERR_NOT_SUPPORTED,
      );
    }
  });
}

test('varint_bytes() at the borders of each length', limit, () => {
  const BORDERS: Array<[word: number, bytes: number]> = [
    [0, 1],
    [127, 1],
    [128, 2],
    [16383, 2],
    [16384, 3],
    [2097151, 3],
    [2097152, 4],
    [268435455, 4],
    [268435456, 5],
  ];
  for (const [word, bytes] of BORDERS) assert.equal(varint_bytes(word), bytes, String(word));
});

test('property functions throw a TypeError that names the argument', limit, () => {
  const loose = libmosquitto as unknown as Record<string, (...args: unknown[]) => unknown>;
  const wrong: Array<[name: string, args: unknown[], argument: string]> = [
    ['string_to_property_info', [], '1 (name)'],
    ['string_to_property_info', [5], '1 (name)'],
    ['string_to_property_info', ['content-type\0'], '1 (name)'],
    ['property_identifier_to_string', ['3'], '1 (identifier)'],
    ['property_identifier_to_string', [1.5], '1 (identifier)'],
    ['property_check_command', ['publish', 3], '1 (command)'],
    ['property_check_command', [0x30], '2 (identifier)'],
    ['property_check_all', ['publish', null], '1 (command)'],
    ['property_get_length_all', [5], '1 (properties)'],
    ['property_get_remaining_length', ['x'], '1 (properties)'],
    ['varint_bytes', [null], '1 (word)'],
  ];
  for (const [name, args, argument] of wrong) {
    assert.throws(
      () => loose[name]?.(...args),
      (error) => error instanceof TypeError && error.message.startsWith(`argument ${argument}`),
      `${name}(${args.join(', ')})`,
    );
  }
});
