import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto, Properties } from 'libmosquitto';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { CONNECT, DISCONNECT, type Packet, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import {
  AUTH,
  accept5,
  auth5,
  connack5,
  readConnect5,
  readPublish5,
  readReason5,
  readSubscribe5,
  readUnsubscribe5,
} from '../support/packets5';
import { encodeProperties } from '../support/properties5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { allOf, samplesOf } from './samples';
import { session } from './session';

// Tests every property that a client may send, in every packet that may have it, at the ends of its range. The bytes
// must arrive at the peer as the specification encodes them.

const limit = { timeout: scaled(60000) };
const ALIASES: Properties = { 'topic-alias-maximum': 65535 };

/** Asserts that the packet's body has these properties, in this order, in these bytes; `at` is their offset. */
function assertBytes({ body }: Packet, at: number, expected: Properties): void {
  const bytes = encodeProperties(expected);
  const found = body.subarray(at, at + bytes.length);
  assert.ok(found.equals(bytes), `${bytes.toString('hex', 0, 200)} expected, ${found.toString('hex', 0, 200)} sent`);
}

/** Makes one connection for each set of properties, and checks its CONNECT packet. */
async function connections(
  t: test.TestContext,
  samples: readonly Properties[],
  start: (client: Mosquitto, properties: Properties, address: { host: string; port: number }) => void,
  check: (packet: Packet, properties: Properties) => void,
): Promise<void> {
  const packets: Packet[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    packets.push(await peer.nextOf(CONNECT));
    peer.send(connack5());
  });
  for (const [index, properties] of samples.entries()) {
    const client = client5For(t);
    start(client, properties, fake);
    driveFor(t, client, 'event loop');
    await until(() => packets.length > index, 'the CONNECT packet');
    client.destroy();
    const packet = packets[index];
    assert.ok(packet);
    check(packet, properties);
  }
}

for (const method of ['connect', 'connect_async'] as const) {
  test(`CONNECT: each property, and all at once (${method})`, limit, async (t) => {
    await connections(
      t,
      [...samplesOf('out', 'CONNECT'), allOf('out', 'CONNECT'), {}],
      (client, properties, { host, port }) => {
        assert.equal(client[method](host, port, 60, null, properties), 0);
      },
      (packet, properties) => {
        // Without one, libmosquitto announces its own receive maximum: 20 is C's default.
        const expected: Properties = { 'receive-maximum': 20, ...properties };
        assert.deepEqual(readConnect5(packet).properties, expected);
        const order = 'receive-maximum' in properties ? properties : { ...properties, 'receive-maximum': 20 };
        assertBytes(packet, 10, order);
      },
    );
  });
}

test(
  'CONNECT: the properties are sent again on each reconnection, and no longer after a connect() without',
  limit,
  async (t) => {
    const seen: Properties[] = [];
    const fake = await fakeBrokerFor(t, async (peer) => {
      seen.push((await accept5(peer)).properties);
    });
    const client = client5For(t);
    driveFor(t, client, 'event loop');
    const properties: Properties = { 'session-expiry-interval': 7, 'user-property': [['a', 'b']] };
    await connect5(client, fake, properties);
    assert.equal(client.reconnect(), 0);
    await until(() => seen.length === 2, 'the second connection');
    fake.peers[1]?.destroy();
    await until(() => seen.length === 3, 'the third connection');
    await connect5(client, fake);
    assert.deepEqual(seen, [
      ...Array.from({ length: 3 }, () => ({ 'receive-maximum': 20, ...properties })),
      { 'receive-maximum': 20 },
    ]);
  },
);

test('will: each property, and all at once', limit, async (t) => {
  await connections(
    t,
    [...samplesOf('out', 'will'), allOf('out', 'will'), {}],
    (client, properties, { host, port }) => {
      assert.equal(client.will_set('a/will', 'gone', 1, true, properties), 0);
      assert.equal(client.connect(host, port), 0);
    },
    (packet, properties) => {
      assert.deepEqual(readConnect5(packet).will, { properties, topic: 'a/will', payload: Buffer.from('gone') });
      // Behind the fixed part: CONNECT's own properties (receive maximum) and an empty client id.
      assertBytes(packet, 16, properties);
    },
  );
});

test('PUBLISH: each property, and all at once, at each QoS', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop', ALIASES);
  for (const qos of [0, 1, 2] as const) {
    for (const properties of [...samplesOf('out', 'PUBLISH'), allOf('out', 'PUBLISH'), {}]) {
      assert.equal(client.publish('a/topic', 'text', qos, false, properties), 0);
      const mid = qos === 0 ? 0 : client.last_mid;
      const packet = await peer.nextOf(PUBLISH);
      const payload = Buffer.from('text');
      assert.deepEqual(readPublish5(packet), { topic: 'a/topic', qos, retain: false, mid, properties, payload });
      assertBytes(packet, qos === 0 ? 9 : 11, properties);
      // More than 20 unacknowledged messages would stay queued.
      if (qos > 0)
        peer.send(Buffer.from(qos === 1 ? [0x40, 2, mid >> 8, mid & 255] : [0x50, 3, mid >> 8, mid & 255, 0x80]));
    }
  }
});

test('SUBSCRIBE and UNSUBSCRIBE: each property, and all at once', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop', ALIASES);
  for (const properties of [...samplesOf('out', 'SUBSCRIBE'), allOf('out', 'SUBSCRIBE'), {}]) {
    assert.equal(client.subscribe('a/filter', 1, 0, properties), 0);
    const packet = await peer.nextOf(SUBSCRIBE);
    assert.deepEqual(readSubscribe5(packet), { mid: client.last_mid, properties, filters: [['a/filter', 1]] });
    assertBytes(packet, 2, properties);
  }
  for (const properties of [...samplesOf('out', 'UNSUBSCRIBE'), {}]) {
    assert.equal(client.unsubscribe('a/filter', properties), 0);
    const packet = await peer.nextOf(UNSUBSCRIBE);
    assert.deepEqual(readUnsubscribe5(packet), { mid: client.last_mid, properties, filters: ['a/filter'] });
    assertBytes(packet, 2, properties);
  }
});

test('DISCONNECT: each property, and all at once, with its reason code', limit, async (t) => {
  const ends: Packet[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer);
    ends.push(await peer.nextOf(DISCONNECT));
    peer.end();
  });
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  for (const properties of [...samplesOf('out', 'DISCONNECT'), allOf('out', 'DISCONNECT')]) {
    await connect5(client, fake);
    assert.equal(client.disconnect(4, properties), 0);
    await until(() => ends.length === 1, 'DISCONNECT');
    const [packet] = ends.splice(0);
    assert.ok(packet);
    assert.deepEqual(readReason5(packet), { code: 4, properties });
    assertBytes(packet, 1, properties);
  }
  // The shortest forms: no fields at all, and only the code.
  for (const [code, body] of [
    [0, []],
    [4, [4]],
    [255, [255]],
  ] as const) {
    await connect5(client, fake);
    assert.equal(client.disconnect(code), 0);
    await until(() => ends.length === 1, 'DISCONNECT');
    assert.deepEqual(ends.splice(0)[0]?.body, Buffer.from(body));
  }
});

if (HAS_2_1) {
  test('AUTH: each property, and all at once, with method and data', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      const samples = [...samplesOf('out', 'AUTH'), allOf('out', 'AUTH'), {}];
      await peer.nextOf(CONNECT);
      for (const properties of samples) {
        outgoing = properties;
        peer.send(auth5(0x18, { 'authentication-method': 'M' }));
        const packet = await peer.nextOf(AUTH);
        const own: Properties = { 'authentication-method': 'M', 'authentication-data': Buffer.from([0, 255]) };
        assert.deepEqual(readReason5(packet), { code: 0x18, properties: { ...properties, ...own } });
      }
      peer.send(connack5());
    });
    let outgoing: Properties = {};
    const client = client5For(t);
    client.on_ext_auth = (mosq) => mosq.ext_auth_continue('M', Buffer.from([0, 255]), outgoing);
    driveFor(t, client, 'event loop');
    assert.equal((await connect5(client, fake, { 'authentication-method': 'M' })).rc, 0);
  });
}

test('null, undefined, and a property that is undefined: as if it were not there', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop', ALIASES);
  for (const properties of [null, undefined, {}, { 'content-type': undefined }]) {
    assert.equal(client.publish('a/topic', 'text', 0, false, properties), 0);
    assert.deepEqual(readPublish5(await peer.nextOf(PUBLISH)).properties, {});
  }
});

test('binary properties are taken from a view of other memory, and copied', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop', ALIASES);
  const memory = new Uint8Array([1, 2, 3, 4, 5]);
  const view = memory.subarray(1, 4);
  assert.equal(client.publish('a/topic', 'text', 1, false, { 'correlation-data': view }), 0);
  memory.fill(0);
  const { properties } = readPublish5(await peer.nextOf(PUBLISH));
  assert.deepEqual(properties, { 'correlation-data': Buffer.from([2, 3, 4]) });
});
