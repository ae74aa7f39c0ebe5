import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOSQ_OPT_RECEIVE_MAXIMUM, type Mosquitto } from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import * as p from '../support/packets';
import { accept5, publish5 } from '../support/packets5';
import { clientFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { type Connection, connectionOf } from './connection';

// Tests acknowledgements that are due together. They share a packet of the queue, up to 16 in each, as long as there is
// no on_log. The broker must get the same bytes as without this.

const limit = { timeout: scaled(60000) };
const VERSIONS = [4, 5] as const;
type Version = (typeof VERSIONS)[number];

const MANY = 100;

/** A session in which many messages may be unacknowledged in both directions. */
async function sessionOf(t: TestContext, mode: Mode, version: Version, logs = false): Promise<Connection> {
  const client = version === 5 ? client5For(t) : clientFor(t);
  if (version === 5) assert.equal(client.int_option(MOSQ_OPT_RECEIVE_MAXIMUM, MANY), 0);
  assert.equal(client.max_inflight_messages_set(MANY), 0);
  if (logs) client.on_log = () => undefined;
  return await connectionOf(t, mode, client, (peer) =>
    version === 5 ? accept5(peer, { 'receive-maximum': MANY }) : peer.accept(),
  );
}

/** Message ids that use both of their bytes. */
function midsOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + 257 * index);
}

function message(version: Version, qos: number, mid: number): Buffer {
  return version === 5 ? publish5('t', 'x', { qos, mid }) : p.publish('t', 'x', { qos, mid });
}

/** Asserts that the next packets of the client are these, byte for byte. */
async function assertNext(peer: Peer, expected: readonly Buffer[]): Promise<void> {
  const packets: Buffer[] = [];
  while (packets.length < expected.length) {
    const { type, flags, body } = await peer.next();
    packets.push(p.encode(type, flags, body));
  }
  assert.deepEqual(packets, expected);
}

const acks = (type: number, mids: readonly number[]): Buffer[] => mids.map((mid) => p.ack(type, mid));

for (const mode of MODES) {
  describe(`acknowledgements that are due together (${mode})`, () => {
    for (const version of VERSIONS) {
      for (const logs of [false, true]) {
        const name = `MQTT ${version === 5 ? '5' : '3.1.1'}${logs ? ', with on_log' : ''}`;

        test(`${name}: of messages received, each once and in order`, limit, async (t) => {
          const { client, peer } = await sessionOf(t, mode, version, logs);
          let messages = 0;
          client.on_message = () => {
            messages += 1;
          };
          let due = 0;
          for (const count of [1, 16, 17, 40]) {
            const mids = midsOf(count);
            due += 2 * count;
            peer().send(...mids.map((mid) => message(version, 1, mid)));
            await assertNext(peer(), acks(p.PUBACK, mids));
            peer().send(...mids.map((mid) => message(version, 2, mid)));
            await assertNext(peer(), acks(p.PUBREC, mids));
            peer().send(...acks(p.PUBREL, mids));
            await assertNext(peer(), acks(p.PUBCOMP, mids));
            await until(() => messages === due, 'the messages');
          }
          // Every kind arrives among the others. Nothing of the packets before is left.
          const mixed = midsOf(20).flatMap((mid) => [
            { sent: message(version, 2, mid), answer: p.ack(p.PUBREC, mid) },
            { sent: message(version, 1, mid + 1), answer: p.ack(p.PUBACK, mid + 1) },
            { sent: p.ack(p.PUBREL, mid), answer: p.ack(p.PUBCOMP, mid) },
          ]);
          peer().send(...mixed.map(({ sent }) => sent));
          await assertNext(
            peer(),
            mixed.map(({ answer }) => answer),
          );
        });

        test(`${name}: PUBREL of messages sent, each once and in order`, limit, async (t) => {
          const { client, peer } = await sessionOf(t, mode, version, logs);
          const confirmed: number[] = [];
          client.on_publish = (_mosq, _obj, mid) => {
            confirmed.push(mid);
          };
          for (const count of [1, 16, 17, 40]) {
            const mids: number[] = [];
            for (let index = 0; index < count; index++) {
              assert.equal(client.publish('t', 'x', 2), 0);
              mids.push(client.last_mid);
            }
            for (const mid of mids) assert.equal(midOf(version, await peer().next()), mid);
            peer().send(...acks(p.PUBREC, mids));
            await assertNext(peer(), acks(p.PUBREL, mids));
            peer().send(...acks(p.PUBCOMP, mids));
            await until(() => confirmed.length === count, 'on_publish');
            assert.deepEqual(confirmed.splice(0), mids);
          }
        });
      }
    }

    test('that do not fit into the socket arrive whole when there is room again', limit, async (t) => {
      const { client, peer } = await sessionOf(t, mode, 4);
      const answered: number[] = [];
      let messages = 0;
      client.on_message = () => {
        messages += 1;
      };
      peer().pause();
      const filled = await fill(client);
      // The socket has a little room, so that an acknowledgement does not fit. The groups leave room in the last
      // packet, of which one is written in part.
      while (client.want_write()) {
        peer().takeSome();
        await turns();
      }
      const group = async (count: number): Promise<void> => {
        const mids = Array.from({ length: count }, (_, index) => 1 + ((answered.length + index) % 65535));
        answered.push(...mids);
        peer().send(...mids.map((mid) => p.publish('t', '', { qos: 1, mid })));
        await until(() => messages === answered.length, 'the messages');
      };
      do await group(60);
      while (!(await isFull(client)));
      for (const count of [1, 3, 2, 40]) await group(count);
      assert.ok(client.want_write());
      peer().resume();
      await assertNext(peer(), [...filled, ...acks(p.PUBACK, answered)]);
    });
  });
}

function midOf(version: Version, packet: p.Packet): number {
  assert.equal(packet.type, p.PUBLISH);
  // Packets without properties; in MQTT 5 the properties would follow the id.
  assert.ok(version === 4 || packet.body.length === 7);
  return p.readPublish(packet).mid;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await sleep(1);
}

/** Whether packets stay in the queue. */
async function isFull(client: Mosquitto): Promise<boolean> {
  if (client.want_write()) await turns();
  return client.want_write();
}

/** Publishes until the socket is full; returns the payloads. */
async function fill(client: Mosquitto): Promise<Buffer[]> {
  const payload = Buffer.alloc(50_001, 'f');
  const filled: Buffer[] = [];
  do {
    assert.equal(client.publish('fill', payload), 0);
    filled.push(p.publish('fill', payload));
    await sleep(0);
  } while (!(await isFull(client)));
  return filled;
}
