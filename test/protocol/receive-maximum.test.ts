// Tests a broker that sends more messages of QoS 1 and 2 at once than the receive maximum of CONNECT allows, as
// Debian's mosquitto 2.0 does with the queue of a stored session. A client that ended each connection with 0x93 would
// never get them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED,
  MOSQ_OPT_RECEIVE_MAXIMUM,
  type Mosquitto,
  MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED,
  type Properties,
} from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { ack, DISCONNECT, PUBCOMP, PUBREC, PUBREL, readMid } from '../support/packets';
import { accept5, type Connect5, publish5, readReason5 } from '../support/packets5';
import { brokerFor, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, connectTo, disconnectFrom, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const KEPT: Properties = { 'session-expiry-interval': 3600 };

async function answers(peer: Peer, type: number, count: number): Promise<number[]> {
  const mids: number[] = [];
  while (mids.length < count) mids.push(readMid(await peer.nextOf(type)));
  return mids;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function staticTests(): void {
  for (const mode of MODES) {
    test(
      `200 messages of QoS 2 that waited in mosquitto arrive, once each and in order (${mode})`,
      limit,
      async (t) => {
        const broker = await brokerFor(t);
        const client = client5For(t, 'kept', false);
        driveFor(t, client, mode);
        await connect5(client, broker, KEPT);
        await subscribeTo(client, 'waiting', 2);
        await disconnectFrom(client);

        const sender = client5For(t);
        driveFor(t, sender, mode);
        await connectTo(sender, broker);
        let confirmed = 0;
        sender.on_publish = () => {
          confirmed += 1;
        };
        for (const number of numbers(200)) sender.publish('waiting', `${number}`, 2);
        await until(() => confirmed === 200, 'on_publish');

        const messages = collect(client);
        const ends = disconnections(client);
        await connect5(client, broker, KEPT);
        await until(
          () => messages.length >= 200,
          () => `messages, ${messages.length} came`,
        );
        // An answer behind all of them shows that nothing comes twice.
        await subscribeTo(client, 'other');
        assert.deepEqual(
          messages.map(({ payload }) => Number(`${payload}`)),
          numbers(200),
        );
        assert.deepEqual(ends, []);
        assert.equal(broker.log().split('New client connected from').length - 1, 3);
      },
    );

    test(`a scripted broker sends 1000 at once: all are taken, and 20 is announced (${mode})`, limit, async (t) => {
      let connect: Connect5 | null = null;
      const { client, peer, ends } = await scripted(t, mode, null, (packet) => {
        connect = packet;
      });
      assert.equal((connect as Connect5 | null)?.properties['receive-maximum'], 20);
      const messages = collect(client);
      peer.send(...numbers(1000).map((mid) => publish5('t', `${mid}`, { qos: 2, mid })));
      assert.deepEqual(await answers(peer, PUBREC, 1000), numbers(1000));
      peer.send(...numbers(1000).map((mid) => ack(PUBREL, mid)));
      assert.deepEqual(await answers(peer, PUBCOMP, 1000), numbers(1000));
      await until(() => messages.length === 1000, 'the messages');
      assert.deepEqual(
        messages.map(({ payload }) => Number(`${payload}`)),
        numbers(1000),
      );
      assert.deepEqual(ends, []);
    });

    for (const [how, properties] of [
      ["'receive-maximum' of connect()", { 'receive-maximum': 3 }],
      ["'receive-maximum' of connect(), as large as the default", { 'receive-maximum': 20 }],
      ['MOSQ_OPT_RECEIVE_MAXIMUM', null],
    ] as const) {
      test(`${how} is asked for, and more is 0x93 (${mode})`, limit, async (t) => {
        const most = properties?.['receive-maximum'] ?? 20;
        const { peer, ends } = await scripted(
          t,
          mode,
          properties,
          () => undefined,
          (client) => {
            if (properties === null) assert.equal(client.int_option(MOSQ_OPT_RECEIVE_MAXIMUM, most), 0);
          },
        );
        peer.send(...numbers(most).map((mid) => publish5('t', '', { qos: 2, mid })));
        await answers(peer, PUBREC, most);
        assert.deepEqual(ends, []);
        peer.send(publish5('t', '', { qos: 2, mid: most + 1 }));
        await until(() => ends.length > 0, 'on_disconnect');
        assert.deepEqual(ends, [MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED]);
        await peer.closed;
        const reasons = peer.received
          .filter(({ type }) => type === DISCONNECT)
          .map((packet) => readReason5(packet).code);
        assert.deepEqual(reasons, [MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED]);
      });
    }

    test(`their memory stays bounded: more is 0x93 (${mode})`, limit, async (t) => {
      const { client, peer, ends } = await scripted(
        t,
        mode,
        null,
        () => undefined,
        (fresh) => {
          assert.equal(fresh.max_packet_size_set(10_000), 0);
        },
      );
      const messages = collect(client);
      // The same memory as 20 of the largest packets.
      peer.send(...numbers(40).map((mid) => publish5('t', Buffer.alloc(4700), { qos: 2, mid })));
      assert.deepEqual(await answers(peer, PUBREC, 40), numbers(40));
      assert.deepEqual(ends, []);
      peer.send(...numbers(10).map((mid) => publish5('t', Buffer.alloc(4700), { qos: 2, mid: 40 + mid })));
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED]);
      assert.deepEqual(messages, []);
    });
  }
}

async function scripted(
  t: Parameters<typeof client5For>[0],
  mode: (typeof MODES)[number],
  properties: Properties | null,
  seen: (connect: Connect5) => void,
  prepare: (client: Mosquitto) => void = () => undefined,
): Promise<{ client: Mosquitto; peer: Peer; ends: number[] }> {
  const fake = await fakeBrokerFor(t, async (peer) => {
    seen(await accept5(peer));
  });
  const client = client5For(t);
  prepare(client);
  driveFor(t, client, mode);
  const ends = disconnections(client);
  await connect5(client, fake, properties);
  const [peer] = fake.peers;
  assert.ok(peer);
  return { client, peer, ends };
}

describe('more messages at once than the receive maximum', () => {
  if (build_info().linkage === 'static') return staticTests();
  test('libmosquitto 2.0 ends the connection by itself, which docs/mqtt5.md says', limit, async (t) => {
    const { peer, ends } = await scripted(t, 'thread', null, () => undefined);
    peer.send(...numbers(21).map((mid) => publish5('t', '', { qos: 2, mid })));
    await until(() => ends.length > 0, 'on_disconnect');
    assert.equal(ends.length, 1);
  });
});
