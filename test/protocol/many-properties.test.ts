import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_MALFORMED_PACKET,
  MOSQ_ERR_OVERSIZE_PACKET,
  type Mosquitto,
  MQTT_RC_MALFORMED_PACKET,
  MQTT_RC_PACKET_TOO_LARGE,
} from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNACK, DISCONNECT, encode, PUBACK, PUBLISH, SUBACK, UNSUBACK } from '../support/packets';
import { AUTH, accept5, readReason5 } from '../support/packets5';
import { field, varint } from '../support/properties5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { collect, disconnections } from '../support/traffic';
import { SLOW, scaled, until, within } from '../support/wait';

// Tests packets with very many properties. A property takes much more memory in libmosquitto than its bytes in a
// packet.

const limit = { timeout: scaled(60000) };
const MiB = 1024 * 1024;
const MOST = 65535;
const EMPTY_PAIR = Buffer.from([38, 0, 0, 0, 0]);
const IDENTIFIER = Buffer.from([11, 1]);

interface Session {
  readonly client: Mosquitto;
  readonly ends: number[];
  readonly peer: Peer;
}

async function sessionOf(t: TestContext, mode: Mode): Promise<Session> {
  const broker = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer);
  });
  const client = client5For(t);
  const ends = disconnections(client);
  driveFor(t, client, mode);
  await connect5(client, broker);
  const peer = broker.peers[0];
  assert.ok(peer);
  return { client, ends, peer };
}

function times(count: number, bytes: Uint8Array): Buffer {
  return Buffer.alloc(count * bytes.length, bytes);
}

/** A packet of any type that has properties, with this block of properties. */
function packetWith(type: number, before: Uint8Array, block: Uint8Array, after: Uint8Array = Buffer.alloc(0)): Buffer {
  return encode(type, 0, Buffer.concat([before, varint(block.length), block, after]));
}

function message(block: Uint8Array, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  return packetWith(PUBLISH, field('t'), block, payload);
}

async function assertEnded({ ends, peer }: Session, rc: number, reason: number | null): Promise<void> {
  await until(() => ends.length > 0, 'on_disconnect');
  assert.deepEqual(ends, [rc]);
  await within(peer.closed, 'the end of the connection');
  const reasons = peer.received.filter(({ type }) => type === DISCONNECT).map((packet) => readReason5(packet).code);
  assert.deepEqual(reasons, reason === null ? [] : [reason]);
}

function staticTests(): void {
  for (const mode of MODES) {
    test(`one more than 65535: the connection ends before they take memory (${mode})`, limit, async (t) => {
      const session = await sessionOf(t, mode);
      const messages = collect(session.client);
      // 9.5 MiB, which would become 320 MiB.
      const packet = message(times(2_000_000, EMPTY_PAIR));
      const before = process.memoryUsage.rss();
      session.peer.send(packet);
      await assertEnded(session, MOSQ_ERR_OVERSIZE_PACKET, MQTT_RC_PACKET_TOO_LARGE);
      const grown = (process.memoryUsage.rss() - before) / MiB;
      assert.ok(grown < 64 * SLOW, `${grown} MiB`);
      assert.equal(messages.length, 0);
    });
  }

  test('the limit is exact, for user properties and for subscription identifiers', limit, async (t) => {
    for (const property of [EMPTY_PAIR, IDENTIFIER]) {
      const session = await sessionOf(t, 'event loop');
      const messages = collect(session.client);
      session.peer.send(message(times(MOST, property)));
      await until(() => messages.length === 1, 'the message');
      const { properties } = messages[0] ?? {};
      const values = properties?.['user-property'] ?? properties?.['subscription-identifier'];
      assert.ok(Array.isArray(values));
      assert.equal(values.length, MOST);
      session.peer.send(message(times(MOST + 1, property)));
      await assertEnded(session, MOSQ_ERR_OVERSIZE_PACKET, MQTT_RC_PACKET_TOO_LARGE);
    }
  });

  test('properties of every length of value are counted right', limit, async (t) => {
    const session = await sessionOf(t, 'thread');
    const messages = collect(session.client);
    const others = Buffer.concat([
      Buffer.from([1, 1, 2, 0, 0, 0, 9]),
      ...[3, 8].map((identifier) => Buffer.concat([Buffer.from([identifier]), field('x'.repeat(300))])),
      Buffer.from([9]),
      field(Buffer.alloc(65535, 38)),
      Buffer.from([11, 0xff, 0xff, 0xff, 0x7f]),
    ]);
    const pair = Buffer.concat([Buffer.from([38]), field('name'), field('value')]);
    session.peer.send(message(Buffer.concat([others, times(MOST - 6, pair)]), Buffer.from('payload')));
    await until(() => messages.length === 1, 'the message');
    assert.equal(messages[0]?.payload.toString(), 'payload');
    assert.equal(messages[0].properties?.['user-property']?.length, MOST - 6);
    assert.equal(messages[0].properties['correlation-data']?.length, 65535);
    session.peer.send(message(Buffer.concat([others, times(MOST - 5, pair)])));
    await assertEnded(session, MOSQ_ERR_OVERSIZE_PACKET, MQTT_RC_PACKET_TOO_LARGE);
  });

  test('in every other packet that a broker sends', limit, async (t) => {
    const block = times(MOST + 1, EMPTY_PAIR);
    const packets: ReadonlyArray<readonly [type: number, before: number[]]> = [
      [PUBACK, [0, 1, 0]],
      [SUBACK, [0, 1]],
      [UNSUBACK, [0, 1]],
      [DISCONNECT, [0x80]],
      [AUTH, [0x18]],
    ];
    for (const [type, before] of packets) {
      const session = await sessionOf(t, 'thread');
      session.client.on_ext_auth = () => 0;
      session.peer.send(packetWith(type, Buffer.from(before), block));
      await assertEnded(session, MOSQ_ERR_OVERSIZE_PACKET, MQTT_RC_PACKET_TOO_LARGE);
    }
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.next();
      peer.send(packetWith(CONNACK, Buffer.from([0, 0]), block));
    });
    const client = client5For(t);
    const ends = disconnections(client);
    assert.equal(client.connect(broker.host, broker.port), 0);
    driveFor(t, client, 'thread');
    await until(() => ends.length > 0, 'on_disconnect');
    assert.deepEqual(ends, [MOSQ_ERR_OVERSIZE_PACKET]);
  });

  test('a block that ends within a property does not continue into the payload', limit, async (t) => {
    const before = process.memoryUsage.rss();
    for (const length of [1, 4, 6]) {
      const session = await sessionOf(t, 'thread');
      const bytes = times(2_000_000, EMPTY_PAIR);
      session.peer.send(message(bytes.subarray(0, length), bytes.subarray(length)));
      await assertEnded(session, MOSQ_ERR_MALFORMED_PACKET, MQTT_RC_MALFORMED_PACKET);
    }
    const grown = (process.memoryUsage.rss() - before) / MiB;
    assert.ok(grown < 96 * SLOW, `${grown} MiB`);
  });
}

describe('very many properties in one packet', () => {
  if (build_info().linkage === 'static') staticTests();

  // The system's library allocates them, and frees them with the message.
  test('100 messages of 65535 properties each leave nothing behind', limit, async (t) => {
    const { client, ends, peer } = await sessionOf(t, 'thread');
    let count = 0;
    client.on_message = (_mosq, _obj, { properties }) => {
      assert.equal(properties?.['user-property']?.length, MOST);
      count += 1;
    };
    const packet = message(times(MOST, EMPTY_PAIR));
    let before = 0;
    for (let index = 1; index <= 100; index++) {
      peer.send(packet);
      await until(() => count === index, 'the message');
      if (index === 20) before = process.memoryUsage.rss();
    }
    const grown = (process.memoryUsage.rss() - before) / MiB;
    assert.ok(grown < 96 * SLOW, `${grown} MiB`);
    assert.deepEqual(ends, []);
  });
});
