// Exchanges messages over any kind of connection, and asserts that none is lost or changed.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { MODES, type Mode } from './drive';
import { clientFor, driveFor } from './scope';
import { type Address, collect, connectTo, disconnectFrom, subscribeTo } from './traffic';
import { scaled, until } from './wait';

export interface Way {
  /** Prepares a client for the connection. */
  prepare(client: Mosquitto): void;
  /** The arguments of connect(). */
  readonly address: Address;
}

const COUNT = 300;
const QOS = [0, 1, 2] as const;
let exchanges = 0;

/** A client sends itself messages of every QoS this way: no message may be lost, doubled or out of order. */
export async function exchange(t: TestContext, { prepare, address }: Way, mode: Mode): Promise<void> {
  exchanges += 1;
  const topic = `exchange/${process.pid}/${exchanges}`;
  const client = clientFor(t);
  prepare(client);
  const driven = driveFor(t, client, mode);
  await connectTo(client, address);
  await subscribeTo(client, `${topic}/#`, 2);
  const messages = collect(client);
  const confirmed = new Set<number>();
  client.on_publish = (_mosq, _obj, mid) => {
    confirmed.add(mid);
  };
  for (const qos of QOS) {
    for (let index = 0; index < COUNT; index++) {
      assert.equal(client.publish(`${topic}/${qos}`, `${index}`.repeat(index % 50), qos), 0);
    }
  }
  await until(
    () => messages.length >= 3 * COUNT && confirmed.size >= 3 * COUNT,
    () => `${3 * COUNT} messages and confirmations: ${messages.length} and ${confirmed.size} came`,
  );
  for (const qos of QOS) {
    const payloads = messages
      .filter((message) => message.topic === `${topic}/${qos}`)
      .map(({ payload }) => `${payload}`);
    assert.deepEqual(
      payloads,
      Array.from({ length: COUNT }, (_, index) => `${index}`.repeat(index % 50)),
    );
  }
  assert.equal(await disconnectFrom(client), 0);
  await driven.stop();
}

/** Sends payloads of every order of magnitude up to 10 MB; they must return byte for byte. */
export async function exchangeLarge(t: TestContext, { prepare, address }: Way, mode: Mode): Promise<void> {
  exchanges += 1;
  const topic = `large/${process.pid}/${exchanges}`;
  const client = clientFor(t);
  prepare(client);
  driveFor(t, client, mode);
  await connectTo(client, address);
  await subscribeTo(client, topic, 1);
  const messages = collect(client);
  // The limits of TLS records, WebSocket frames and MQTT's own lengths, with their neighbours.
  const lengths = [0, 100, 125, 126, 127, 128, 4096, 16383, 16384, 16385, 65500, 65535, 65536, 1_000_000, 10_000_000];
  for (const length of lengths) {
    const payload = Buffer.alloc(length, `${length} bytes. `);
    assert.equal(client.publish(topic, payload, 1), 0);
  }
  await until(
    () => messages.length === lengths.length,
    () => `the payloads: ${messages.length} came`,
    60000,
  );
  for (const [index, length] of lengths.entries()) {
    const { payload } = messages[index] ?? { payload: null };
    assert.ok(payload?.equals(Buffer.alloc(length, `${length} bytes. `)), `the payload of ${length} bytes`);
  }
}

/** Defines both exchanges in every drive mode as tests of the calling file. */
export function exchangeTests(name: string, way: (t: TestContext) => Way | Promise<Way>): void {
  for (const mode of MODES) {
    test(`${name}: messages of QoS 0, 1 and 2 (${mode})`, { timeout: scaled(60000) }, async (t) => {
      await exchange(t, await way(t), mode);
    });
    test(`${name}: payloads up to 10 MB (${mode})`, { timeout: scaled(120000) }, async (t) => {
      await exchangeLarge(t, await way(t), mode);
    });
  }
}
