// Tests the checks of all arguments. A fault would pass a wrong value to C, or report it without its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import { Mosquitto } from 'libmosquitto';
import { clientFor } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };

type Method = (...args: unknown[]) => unknown;
type Kind = 'string' | 'string or null' | 'integer' | 'boolean' | 'payload' | 'password' | 'properties';

/**
 * Every argument of every method: valid values for the arguments before it, its name, and the values that it accepts.
 */
const METHODS: Record<string, Array<[name: string, kind: Kind, valid: unknown]>> = {
  reinitialise: [
    ['client_id', 'string or null', 'id'],
    ['clean_session', 'boolean', true],
  ],
  connect: [
    ['hostname', 'string', '127.0.0.1'],
    ['port', 'integer', -1],
    ['keepalive', 'integer', 60],
    ['bind_address', 'string or null', null],
    ['properties', 'properties', null],
  ],
  connect_async: [
    ['hostname', 'string', '127.0.0.1'],
    ['port', 'integer', -1],
    ['keepalive', 'integer', 60],
    ['bind_address', 'string or null', null],
    ['properties', 'properties', null],
  ],
  connect_srv: [
    ['hostname', 'string', 'things.test'],
    ['keepalive', 'integer', 60],
    ['bind_address', 'string or null', null],
  ],
  disconnect: [
    ['reason_code', 'integer', 0],
    ['properties', 'properties', null],
  ],
  publish: [
    ['topic', 'string', 't'],
    ['payload', 'payload', null],
    ['qos', 'integer', 0],
    ['retain', 'boolean', false],
    ['properties', 'properties', null],
  ],
  subscribe: [
    ['topic', 'string', 't'],
    ['qos', 'integer', 0],
    ['options', 'integer', 0],
    ['properties', 'properties', null],
  ],
  unsubscribe: [
    ['topic', 'string', 't'],
    ['properties', 'properties', null],
  ],
  message_callback_add: [['sub', 'string', 't']],
  message_callback_remove: [['sub', 'string', 't']],
  ext_auth_continue: [
    ['method', 'string', 'm'],
    ['data', 'payload', null],
    ['properties', 'properties', null],
  ],
  socks5_set: [
    ['host', 'string', 'h'],
    ['port', 'integer', 1080],
    ['username', 'string or null', null],
    ['password', 'string or null', null],
  ],
  tls_set: [
    ['cafile', 'password', null],
    ['capath', 'string or null', null],
    ['certfile', 'password', null],
    ['keyfile', 'password', null],
    ['passphrase', 'string or null', null],
  ],
  tls_insecure_set: [['value', 'boolean', false]],
  tls_crl_set: [['crlfile', 'password', null]],
  tls_opts_set: [
    ['cert_reqs', 'integer', 1],
    ['tls_version', 'string or null', null],
    ['ciphers', 'string or null', null],
  ],
  tls_psk_set: [
    ['psk', 'string', 'ab'],
    ['identity', 'string', 'i'],
    ['ciphers', 'string or null', null],
  ],
  int_option: [
    ['option', 'integer', 1],
    ['value', 'integer', 5],
  ],
  string_option: [
    ['option', 'integer', 13],
    ['value', 'string or null', null],
  ],
  max_packet_size_set: [['bytes', 'integer', 0]],
  connect_timeout_set: [['seconds', 'integer', 30]],
  loop: [
    ['timeout', 'integer', 0],
    ['max_packets', 'integer', 1],
  ],
  loop_read: [['max_packets', 'integer', 1]],
  loop_write: [['max_packets', 'integer', 1]],
  loop_stop: [['force', 'boolean', false]],
  threaded_set: [['threaded', 'boolean', true]],
  username_pw_set: [
    ['username', 'string or null', 'u'],
    ['password', 'password', null],
  ],
  will_set: [
    ['topic', 'string', 't'],
    ['payload', 'payload', null],
    ['qos', 'integer', 0],
    ['retain', 'boolean', false],
    ['properties', 'properties', null],
  ],
  reconnect_delay_set: [
    ['delay', 'integer', 1],
    ['delay_max', 'integer', 1],
    ['exponential_backoff', 'boolean', false],
  ],
  max_inflight_messages_set: [['max', 'integer', 20]],
  message_retry_set: [['seconds', 'integer', 20]],
};

const FUNCTIONS: typeof METHODS = {
  strerror: [['rc', 'integer', 0]],
  connack_string: [['code', 'integer', 0]],
  reason_string: [['code', 'integer', 0]],
  string_to_command: [['name', 'string', 'publish']],
  topic_matches_sub: [
    ['sub', 'string', 'a'],
    ['topic', 'string', 'a'],
  ],
  sub_topic_check: [['sub', 'string', 'a']],
  pub_topic_check: [['topic', 'string', 'a']],
  string_to_property_info: [['name', 'string', 'content-type']],
  property_identifier_to_string: [['identifier', 'integer', 3]],
  property_check_command: [
    ['command', 'integer', 0x30],
    ['identifier', 'integer', 3],
  ],
  property_check_all: [
    ['command', 'integer', 0x30],
    ['properties', 'properties', null],
  ],
  property_get_length_all: [['properties', 'properties', null]],
  property_get_remaining_length: [['properties', 'properties', null]],
};

const WRONG: Record<Kind, unknown[]> = {
  string: [null, 1, true, {}, Symbol('s'), Buffer.from('t'), 1n],
  'string or null': [1, true, {}, Symbol('s'), Buffer.from('t')],
  integer: [
    'x',
    '1',
    null,
    true,
    {},
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    -(2 ** 31) - 1,
    1n,
    Symbol('s'),
  ],
  boolean: ['yes', '', null, {}, Symbol('s')],
  payload: [1, true, {}, [], Symbol('s'), 1n, () => 1],
  password: [1, true, {}, Symbol('s')],
  // The last five are objects whose contents would be lost. A large buffer would be read byte by byte, as properties.
  properties: [
    1,
    true,
    'x',
    Symbol('s'),
    [],
    () => 1,
    Buffer.alloc(64 * 1024 * 1024),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Map([['content-type', 'a']]),
    new Date(),
  ],
};

const TEXT: ReadonlySet<Kind> = new Set(['string', 'string or null', 'password']);

function named(position: number, name: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TypeError, `a TypeError, not ${String(error)}`);
    assert.match(error.message, new RegExp(`argument ${position} \\(${name}\\)`));
    return true;
  };
}

function checkAll(table: typeof METHODS, call: (name: string, args: unknown[]) => unknown): void {
  for (const [method, parameters] of Object.entries(table)) {
    for (const [index, [name, kind]] of parameters.entries()) {
      const before = parameters.slice(0, index).map(([, , valid]) => valid);
      for (const wrong of WRONG[kind]) {
        assert.throws(
          () => call(method, [...before, wrong]),
          named(index + 1, name),
          `${method}: ${name} = ${String(wrong)}`,
        );
      }
    }
  }
}

function methodOf(client: Mosquitto, name: string): Method {
  return (...args) => (client as unknown as Record<string, Method>)[name]?.apply(client, args);
}

test('a wrong type is a TypeError that names the argument: every method', limit, (t) => {
  const client = clientFor(t, 'arguments');
  checkAll(METHODS, (name, args) => methodOf(client, name)(...args));
});

test('a wrong type is a TypeError that names the argument: every module function', limit, () => {
  checkAll(FUNCTIONS, (name, args) => (libmosquitto as unknown as Record<string, Method>)[name]?.(...args));
});

test('a wrong type is a TypeError that names the argument: the constructor', limit, () => {
  const make = Mosquitto as unknown as new (...args: unknown[]) => Mosquitto;
  for (const wrong of WRONG['string or null']) assert.throws(() => new make(wrong), named(1, 'client_id'));
  for (const wrong of WRONG.boolean) assert.throws(() => new make('id', wrong), named(2, 'clean_session'));
});

test('a wrong type is a TypeError that names the argument: loop_start() and loop_forever()', limit, async (t) => {
  const client = clientFor(t, 'arguments');
  for (const options of [5, 'thread', true, null]) {
    assert.throws(() => methodOf(client, 'loop_start')(options), named(1, 'options'));
  }
  for (const thread of ['yes', 1, null]) {
    assert.throws(() => methodOf(client, 'loop_start')({ thread }), /^TypeError: .*thread/);
  }
  await assert.rejects(async () => methodOf(client, 'loop_forever')('x'), named(1, 'timeout'));
  await assert.rejects(async () => methodOf(client, 'loop_forever')(-1, 'x'), named(2, 'max_packets'));
});

test('a required argument that is missing is a TypeError that names it', limit, (t) => {
  const client = clientFor(t, 'arguments');
  for (const [method, name] of [
    ['connect', 'hostname'],
    ['connect_async', 'hostname'],
    ['publish', 'topic'],
    ['subscribe', 'topic'],
    ['unsubscribe', 'topic'],
    ['will_set', 'topic'],
    ['threaded_set', 'threaded'],
    ['reconnect_delay_set', 'delay'],
    ['max_inflight_messages_set', 'max'],
  ] as const) {
    assert.throws(() => methodOf(client, method)(), named(1, name), method);
  }
});

for (const [what, text, pattern] of [
  ['a NUL, which would end the text in C', 'safe/topic\0/../#', /must not contain a NUL character/],
  ['a lone surrogate, which would become U+FFFD', 'lone \ud83d surrogate', /must not contain a lone surrogate/],
] as const) {
  test(`a string with ${what}, is a TypeError: every string argument`, limit, (t) => {
    const client = clientFor(t, 'arguments');
    const check = (call: () => unknown, position: number, name: string, hint: string): void => {
      assert.throws(call, (error) => named(position, name)(error) && pattern.test((error as Error).message), hint);
    };
    for (const [method, parameters] of Object.entries(METHODS)) {
      for (const [index, [name, kind]] of parameters.entries()) {
        if (!TEXT.has(kind)) continue;
        const before = parameters.slice(0, index).map(([, , valid]) => valid);
        check(() => methodOf(client, method)(...before, text), index + 1, name, `${method}: ${name}`);
      }
    }
    check(() => new Mosquitto(text), 1, 'client_id', 'constructor');
    check(() => libmosquitto.topic_matches_sub(text, 't'), 1, 'sub', 'topic_matches_sub');
    check(() => libmosquitto.topic_matches_sub('#', text), 2, 'topic', 'topic_matches_sub');
  });
}

test('a password as bytes is refused when C would cut it at a NUL', limit, (t) => {
  const client = clientFor(t, 'arguments');
  assert.throws(() => client.username_pw_set('user', Buffer.from('se\0cret')), named(2, 'password'));
  assert.throws(() => client.username_pw_set('user', new Uint8Array([0])), named(2, 'password'));
});

test('a callback must be a function or null', limit, (t) => {
  const client = clientFor(t, 'arguments');
  for (const name of [
    'on_connect',
    'on_disconnect',
    'on_publish',
    'on_message',
    'on_subscribe',
    'on_unsubscribe',
    'on_log',
  ] as const) {
    for (const wrong of [1, 'x', {}, true]) {
      assert.throws(
        () => Reflect.set(client, name, wrong),
        (error) => error instanceof TypeError && error.message.includes(name),
      );
    }
    assert.equal(client[name], null, `${name} stays as it was`);
  }
});

test('a method on something that is not a client is a TypeError, not a crash', limit, (t) => {
  const client = clientFor(t, 'arguments');
  for (const receiver of [{}, null, undefined, 1, Object.create(Mosquitto.prototype)]) {
    for (const method of [client.publish, client.loop, client.destroy, client.socket] as unknown as Method[]) {
      assert.throws(() => method.call(receiver, 't'), TypeError);
    }
  }
});

test('undefined stands for the default of every optional argument', limit, (t) => {
  const client = clientFor(t, 'arguments');
  assert.equal(methodOf(client, 'publish')('t', undefined, undefined, undefined), libmosquitto.MOSQ_ERR_NO_CONN);
  assert.equal(methodOf(client, 'subscribe')('t', undefined), libmosquitto.MOSQ_ERR_NO_CONN);
  assert.equal(methodOf(client, 'connect')('127.0.0.1', -1, undefined, undefined), libmosquitto.MOSQ_ERR_INVAL);
  assert.equal(methodOf(client, 'will_set')('t', undefined, undefined, undefined), 0);
  assert.equal(methodOf(client, 'reconnect_delay_set')(1, undefined, undefined), 0);
  assert.equal(methodOf(client, 'username_pw_set')('u', undefined), 0);
});

test('properties may have any prototype, and be none', limit, (t) => {
  const client = clientFor(t, 'arguments');
  assert.equal(client.int_option(libmosquitto.MOSQ_OPT_PROTOCOL_VERSION, libmosquitto.MQTT_PROTOCOL_V5), 0);
  class Described {
    'content-type' = 'text/plain';
  }
  const bare = Object.assign(Object.create(null), { 'content-type': 'text/plain' });
  for (const properties of [{}, Object.create(null), bare, new Described(), Object.create(new Described())]) {
    assert.equal(client.will_set('t', 'x', 0, false, properties), 0);
  }
});

test('an error shows no more than the beginning of a long text, and cuts no character', limit, () => {
  const client = new Mosquitto();
  for (const [text, beginning] of [
    ['x'.repeat(100), 'x'.repeat(40)],
    [`x${'ü'.repeat(100)}`, `x${'ü'.repeat(19)}`],
  ] as const) {
    assert.throws(() => client.publish('t', 'x', text as unknown as 0), {
      name: 'TypeError',
      message: `argument 3 (qos) must be an integer, got '${beginning}...'`,
    });
  }
  client.destroy();
});

test('U+FFFD in a text is no lone surrogate, and neither are the two halves of an emoji beside it', limit, () => {
  assert.equal(libmosquitto.topic_matches_sub('a/\ufffd😀', 'a/\ufffd😀'), true);
});
