import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_OPT_PROTOCOL_VERSION,
  type Mosquitto,
  MQTT_PROTOCOL_V5,
  MQTT_PROTOCOL_V31,
  MQTT_PROTOCOL_V311,
  type Properties,
} from 'libmosquitto';
import { HAS_2_1 } from '../support/client5';
import type { FakeBroker } from '../support/fake-broker';
import { PUBLISH } from '../support/packets';
import { readPublish5 } from '../support/packets5';
import { PROPERTY_NAMES, type PropertyName } from '../support/properties5';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled } from '../support/wait';
import { SAMPLES } from './samples';
import { session } from './session';

// Tests properties of a wrong name, type or range, or in the wrong packet. Each must be an error that names the fault,
// before anything is sent.

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

interface Caller {
  packet: 'CONNECT' | 'will' | 'PUBLISH' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'DISCONNECT' | 'AUTH';
  position: number;
  call(client: Mosquitto, properties: Properties, address: { host: string; port: number }): number;
}

const CALLERS: Readonly<Record<string, Caller>> = {
  connect: {
    packet: 'CONNECT',
    position: 5,
    call: (client, properties, { host, port }) => client.connect(host, port, 60, null, properties),
  },
  connect_async: {
    packet: 'CONNECT',
    position: 5,
    call: (client, properties, { host, port }) => client.connect_async(host, port, 60, null, properties),
  },
  will_set: {
    packet: 'will',
    position: 5,
    call: (client, properties) => client.will_set('a', 'x', 0, false, properties),
  },
  publish: {
    packet: 'PUBLISH',
    position: 5,
    call: (client, properties) => client.publish('a', 'x', 1, false, properties),
  },
  subscribe: {
    packet: 'SUBSCRIBE',
    position: 4,
    call: (client, properties) => client.subscribe('a', 0, 0, properties),
  },
  unsubscribe: {
    packet: 'UNSUBSCRIBE',
    position: 2,
    call: (client, properties) => client.unsubscribe('a', properties),
  },
  disconnect: { packet: 'DISCONNECT', position: 2, call: (client, properties) => client.disconnect(0, properties) },
  ext_auth_continue: {
    packet: 'AUTH',
    position: 3,
    call: (client, properties) => client.ext_auth_continue('M', null, properties),
  },
};

/** A property that the packet may have, for each type of value. */
const TYPES: ReadonlyArray<readonly [PropertyName, wrong: readonly unknown[]]> = [
  ['payload-format-indicator', ['1', null, true, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1n, [1], {}]],
  ['topic-alias', ['x', null, false, 1.5, Number.NaN, -0.5, [1], {}, () => 1]],
  ['message-expiry-interval', ['60', null, true, 0.1, Number.NEGATIVE_INFINITY, [], {}]],
  ['content-type', [1, null, true, [], {}, Buffer.from('text')]],
  ['correlation-data', ['text', 1, null, true, [1, 2], {}]],
  [
    'user-property',
    ['a', 1, null, {}, ['a', 'b'], [['a']], [['a', 'b', 'c']], [['a', 1]], [[null, 'b']], [{ a: 'b' }]],
  ],
];

const RANGES: ReadonlyArray<readonly [PropertyName, wrong: readonly unknown[]]> = [
  ['payload-format-indicator', [-1, 2, 255, 256, 2 ** 31, 2 ** 53]],
  ['topic-alias', [-1, 0, 65536, 2 ** 32]],
  ['message-expiry-interval', [-1, 2 ** 32, 2 ** 53]],
  ['content-type', ['x'.repeat(65536), 'ö'.repeat(32768)]],
  ['response-topic', ['a/+', '#', 'a/#/b', '', 'x'.repeat(65536)]],
  ['correlation-data', [Buffer.alloc(65536)]],
  ['user-property', [[['x'.repeat(65536), '']], [['', 'x'.repeat(65536)]]]],
];

/** The error for these properties, of `kind`, naming the argument and the property. */
function assertRefused(
  caller: Caller,
  client: Mosquitto,
  address: FakeBroker,
  kind: typeof Error,
  properties: object,
): void {
  const [name = ''] = Object.keys(properties);
  assert.throws(
    () => caller.call(client, properties as Properties, address),
    (error) => {
      assert.ok(error instanceof kind && error.constructor === kind, `${String(error)} for ${name}`);
      assert.ok(error.message.startsWith(`argument ${caller.position} (properties): `), error.message);
      assert.ok(error.message.includes(`'${name}'`), error.message);
      assert.ok(error.message.length < 300, error.message);
      return true;
    },
  );
}

/** A connected client. At the end it may have sent only CONNECT and one message. */
async function refusals(t: test.TestContext, refuse: (client: Mosquitto, fake: FakeBroker) => void): Promise<void> {
  const { client, fake, peer } = await session(t, 'event loop');
  refuse(client, fake);
  assert.equal(client.publish('a', 'marker'), 0);
  assert.equal(String(readPublish5(await peer.nextOf(PUBLISH)).payload), 'marker');
  assert.equal(peer.received.length, 2);
  assert.equal(fake.peers.length, 1);
}

for (const [method, caller] of Object.entries(CALLERS)) {
  test(`${method}(): a property that its packet may not have is a RangeError`, limit, async (t) => {
    await refusals(t, (client, fake) => {
      for (const name of PROPERTY_NAMES) {
        const { out, values } = SAMPLES[name];
        if (out.includes(caller.packet)) continue;
        const properties = { [name]: values[0] };
        assertRefused(caller, client, fake, RangeError, properties);
        assert.throws(() => caller.call(client, properties, fake), {
          message: new RegExp(`is not allowed in (a )?${caller.packet}$`),
        });
      }
    });
  });

  test(`${method}(): an unknown name is a TypeError`, limit, async (t) => {
    await refusals(t, (client, fake) => {
      for (const name of [
        'no-such-property',
        'Content-Type',
        'content_type',
        'contentType',
        '',
        'größe',
        'topic-alias ',
      ]) {
        assertRefused(caller, client, fake, TypeError, { [name]: 1 });
      }
    });
  });

  test(`${method}(): properties that are no object are a TypeError`, limit, async (t) => {
    await refusals(t, (client, fake) => {
      for (const wrong of ['user-property', 1, true, [['a', 'b']], () => ({})]) {
        assert.throws(
          () => caller.call(client, wrong as unknown as Properties, fake),
          (error) =>
            error instanceof TypeError && error.message.startsWith(`argument ${caller.position} (properties) must be `),
        );
      }
    });
  });

  test(`${method}(): text that MQTT cannot carry in a property is a TypeError`, limit, async (t) => {
    await refusals(t, (client, fake) => {
      for (const wrong of ['a\0b', '\ud800', 'x\udc00']) {
        assertRefused(caller, client, fake, TypeError, { 'user-property': [['name', wrong]] });
        assertRefused(caller, client, fake, TypeError, { 'user-property': [[wrong, 'value']] });
      }
    });
  });
}

test('a value of the wrong type is a TypeError that says what it must be and what it was', limit, async (t) => {
  const { publish } = CALLERS;
  assert.ok(publish);
  await refusals(t, (client, fake) => {
    for (const [name, values] of TYPES) {
      for (const value of values) assertRefused(publish, client, fake, TypeError, { [name]: value });
    }
    assert.throws(() => client.publish('a', 'x', 0, false, { 'topic-alias': 'x' } as unknown as Properties), {
      name: 'TypeError',
      message: "argument 5 (properties): 'topic-alias' must be an integer, got 'x'",
    });
  });
});

test('a value out of range, or one that MQTT forbids, is a RangeError', limit, async (t) => {
  const { publish, connect, subscribe } = CALLERS;
  assert.ok(publish && connect && subscribe);
  await refusals(t, (client, fake) => {
    for (const [name, values] of RANGES) {
      for (const value of values) assertRefused(publish, client, fake, RangeError, { [name]: value });
    }
    for (const name of ['receive-maximum', 'maximum-packet-size']) {
      assertRefused(connect, client, fake, RangeError, { [name]: 0 });
    }
    for (const wrong of [-1, 0, 268435456, 2 ** 32]) {
      assertRefused(subscribe, client, fake, RangeError, { 'subscription-identifier': wrong });
    }
  });
});

if (!HAS_2_1) {
  test(
    'on libmosquitto 2.0 an empty string that it would have to copy is a RangeError, not a crash',
    limit,
    async (t) => {
      const { publish, connect, connect_async } = CALLERS;
      assert.ok(publish && connect && connect_async);
      await refusals(t, (client, fake) => {
        assertRefused(publish, client, fake, RangeError, { 'content-type': '' });
        for (const caller of [connect, connect_async]) {
          assertRefused(caller, client, fake, RangeError, { 'authentication-method': '' });
        }
      });
    },
  );
}

test('a getter that throws: the call throws its error, and sends nothing', limit, async (t) => {
  await refusals(t, (client) => {
    const properties: Properties = {
      get 'content-type'(): string {
        throw new Error('from the getter');
      },
    };
    assert.throws(() => client.publish('a', 'x', 0, false, properties), /^Error: from the getter$/);
  });
});

for (const [name, version] of [
  ['3.1', MQTT_PROTOCOL_V31],
  ['3.1.1', MQTT_PROTOCOL_V311],
] as const) {
  test(`on MQTT ${name} any property is MOSQ_ERR_NOT_SUPPORTED, and none is fine`, limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version), 0);
    driveFor(t, client, 'event loop');
    const properties: Properties = { 'user-property': [['a', 'b']] };
    for (const method of ['connect', 'connect_async', 'will_set']) {
      assert.equal(CALLERS[method]?.call(client, properties, broker()), MOSQ_ERR_NOT_SUPPORTED, method);
    }
    assert.equal(client.will_set('a', 'x', 0, false, {}), 0);
    await connectTo(client, broker());
    for (const method of ['publish', 'subscribe', 'unsubscribe', 'disconnect']) {
      assert.equal(CALLERS[method]?.call(client, properties, broker()), MOSQ_ERR_NOT_SUPPORTED, method);
      if (method !== 'disconnect') assert.equal(CALLERS[method]?.call(client, {}, broker()), 0, method);
    }
    const disconnects: unknown[][] = [];
    client.on_disconnect = (_mosq, _obj, ...details) => {
      disconnects.push(details);
    };
    assert.equal(client.disconnect(0, {}), 0);
  });
}

test('properties that are too long for any packet are refused, and do no harm', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
  const pair: [string, string] = ['k', 'v'.repeat(65535)];
  const pairs = Array.from({ length: 4097 }, () => pair);
  for (const qos of [0, 1, 2] as const) {
    assert.throws(() => client.publish('t', 'x', qos, false, { 'user-property': pairs }), {
      name: 'RangeError',
      message: /argument 5 \(properties\): 'user-property' makes the properties longer than 268435455 bytes/,
    });
  }
});
