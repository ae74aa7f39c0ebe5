// Tests that a new connection does not lose, double or reorder messages of QoS 1 and 2, that DUP is right, and that the
// in-flight maximum is respected.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_NO_CONN, type Mosquitto, MQTT_RC_PACKET_ID_NOT_FOUND } from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { ack, type Packet, PUBCOMP, PUBLISH, PUBREC, PUBREL } from '../support/packets';
import { ack5 } from '../support/packets5';
import { driveFor } from '../support/scope';
import {
  accepted,
  answer,
  arrived,
  inWords,
  midOf,
  type Scripted,
  scriptedFor,
  VERSIONS,
  type Version,
  wordsOf,
} from '../support/sent';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
type Qos = 1 | 2;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Publishes numbers; returns their ids. `rc`: the expected code of each call. */
function publish(client: Mosquitto, numbers: readonly number[], qos: Qos, rc = 0): number[] {
  return numbers.map((number) => {
    assert.equal(client.publish('t', `${number}`, qos), rc);
    return client.last_mid;
  });
}

/** Answers all packets, earlier ones too, until `count` messages are confirmed. */
async function answerAll(
  peer: Peer,
  version: Version,
  { confirmed }: Scripted,
  count: number,
  from = 1,
): Promise<void> {
  let seen = from;
  await until(
    () => {
      for (let packet = peer.received[seen]; packet !== undefined; packet = peer.received[seen]) {
        seen += 1;
        const bytes = answer(packet, version);
        if (bytes !== null) peer.send(bytes);
      }
      return confirmed.length >= count;
    },
    () => `${count} confirmations: ${confirmed.length} of ${wordsOf(peer, version).join(', ')}`,
  );
}

function published(peer: Peer): Packet[] {
  return peer.received.filter(({ type }) => type === PUBLISH);
}

/** Ends the connection. */
function cut({ ended }: Scripted, peer: Peer): Promise<void> {
  const before = ended.length;
  peer.destroy();
  return until(() => ended.length > before, 'on_disconnect');
}

function orderTests(mode: Mode, version: Version, qos: Qos, max: number): void {
  const inFlight = max === 0 ? 3 : Math.min(max, 3);

  for (const present of [true, false]) {
    test(
      `${present ? '' : 'no '}session present: what was sent, what was not, what is called before CONNACK`,
      limit,
      async (t) => {
        const stage = await scriptedFor(t, version);
        const { client, connect } = stage;
        assert.equal(client.max_inflight_messages_set(max), 0);
        driveFor(t, client, mode);
        const first = await stage.accept();
        const mids = publish(client, range(0, 3), qos);
        await arrived(first, 1 + inFlight, version);
        await cut(stage, first);
        mids.push(...publish(client, range(3, 6), qos, MOSQ_ERR_NO_CONN));
        connect();
        const second = await stage.peer();
        mids.push(...publish(client, range(6, 9), qos));
        second.send(accepted(version, present));
        await answerAll(second, version, stage, 9);
        assert.deepEqual(
          published(second).map((packet) => [inWords(packet, version), midOf(packet)]),
          range(0, 9).map((number) => [
            `PUBLISH ${number} ${qos}${present && number < inFlight ? ' DUP' : ''}`,
            mids[number],
          ]),
        );
        assert.deepEqual(stage.confirmed, mids);
      },
    );
  }

  test('queued without a connection: in order, without DUP, as many at a time as may be', limit, async (t) => {
    const stage = await scriptedFor(t, version);
    const { client } = stage;
    assert.equal(client.max_inflight_messages_set(max), 0);
    const mids = publish(client, range(0, 50), qos, MOSQ_ERR_NO_CONN);
    driveFor(t, client, mode);
    const peer = await stage.accept(true);
    const atOnce = max === 0 ? 50 : max;
    await arrived(peer, 1 + atOnce, version);
    assert.equal(client.publish('t', 'now', 0), 0);
    await arrived(peer, 2 + atOnce, version);
    assert.deepEqual(wordsOf(peer, version).slice(1), [
      ...range(0, atOnce).map((number) => `PUBLISH ${number} ${qos}`),
      'PUBLISH now 0',
    ]);
    // The message of QoS 0 is confirmed too.
    await answerAll(peer, version, stage, 51);
    const words = published(peer).map((packet) => inWords(packet, version));
    assert.deepEqual(
      words.filter((word) => word !== 'PUBLISH now 0'),
      range(0, 50).map((number) => `PUBLISH ${number} ${qos}`),
    );
    assert.deepEqual(
      stage.confirmed.filter((mid) => mids.includes(mid)),
      mids,
    );
  });
}

/** Sixty messages in flight, of which the first `released` have their PUBREL; then the connection is cut. */
async function sixty(stage: Scripted, version: Version, qos: Qos, released: number): Promise<number[]> {
  const { client } = stage;
  assert.equal(client.max_inflight_messages_set(60), 0);
  const peer = await stage.accept(false, 60);
  const mids = publish(client, range(0, 60), qos);
  await arrived(peer, 61, version);
  for (const mid of mids.slice(0, released)) peer.send(ack(PUBREC, mid));
  await arrived(peer, 61 + released, version);
  assert.deepEqual(peer.received.slice(61).map(midOf), mids.slice(0, released));
  await cut(stage, peer);
  return mids;
}

function maximumTests(mode: Mode, version: Version): void {
  for (const max of [60, 20, 10]) {
    test(`40 of 60 are released, and ${max} may be in flight next: they are only released again`, limit, async (t) => {
      const stage = await scriptedFor(t, version);
      const { client } = stage;
      driveFor(t, client, mode);
      const mids = await sixty(stage, version, 2, 40);
      if (version === 4) assert.equal(client.max_inflight_messages_set(max), 0);
      const peer = await stage.accept(true, max);
      const again = range(40, 60).map((number) => `PUBLISH ${number} 2 DUP`);
      const releases = mids.slice(0, 40).map((mid) => `PUBREL ${mid}`);
      const atOnce = Math.max(0, max - 40);
      await arrived(peer, 1 + 40 + atOnce, version);
      assert.equal(client.publish('t', 'now', 0), 0);
      await arrived(peer, 2 + 40 + atOnce, version);
      assert.deepEqual(wordsOf(peer, version).slice(1), [...releases, ...again.slice(0, atOnce), 'PUBLISH now 0']);
      // One PUBCOMP after the other: a message follows as soon as fewer than the maximum are in flight.
      for (let open = 40 + atOnce, done = 0, sent = atOnce; done < 40; done++) {
        peer.send(ack(PUBCOMP, mids[done] ?? 0));
        open -= 1;
        for (; open < max && sent < again.length; sent++) open += 1;
        await arrived(peer, 2 + 40 + sent, version);
        assert.equal(published(peer).length, 1 + sent);
      }
      await answerAll(peer, version, stage, 61, 41);
      const words = published(peer).map((packet) => inWords(packet, version));
      assert.deepEqual(
        words.filter((word) => word !== 'PUBLISH now 0'),
        again,
      );
      assert.deepEqual([...stage.confirmed].filter((mid) => mids.includes(mid)).sort(), [...mids].sort());
      // As many messages are in flight as the maximum allows.
      const more = publish(client, range(100, 200), 2);
      const before = peer.received.length;
      await arrived(peer, before + max, version);
      assert.equal(client.publish('t', 'end', 0), 0);
      await arrived(peer, before + max + 1, version);
      assert.equal(inWords(peer.received[before + max] as Packet, version), 'PUBLISH end 0');
      await answerAll(peer, version, stage, 62 + more.length, before);
    });

    test(
      `60 of QoS 1 were sent, and ${max} may be in flight next: all go again with DUP, in order`,
      limit,
      async (t) => {
        const stage = await scriptedFor(t, version);
        const { client } = stage;
        driveFor(t, client, mode);
        const mids = await sixty(stage, version, 1, 0);
        mids.push(...publish(client, range(60, 70), 1, MOSQ_ERR_NO_CONN));
        if (version === 4) assert.equal(client.max_inflight_messages_set(max), 0);
        // Two connections: messages that were not sent in the first one because of the maximum still count as sent
        // before.
        const between = await stage.accept(true, max);
        await arrived(between, 1 + max, version);
        await cut(stage, between);
        const peer = await stage.accept(true, max);
        await arrived(peer, 1 + max, version);
        assert.equal(client.publish('t', 'now', 0), 0);
        await arrived(peer, 2 + max, version);
        assert.equal(published(peer).length, 1 + max);
        await answerAll(peer, version, stage, 71);
        assert.deepEqual(
          published(peer)
            .map((packet) => inWords(packet, version))
            .filter((word) => word !== 'PUBLISH now 0'),
          range(0, 70).map((number) => `PUBLISH ${number} 1${number < 60 ? ' DUP' : ''}`),
        );
        assert.deepEqual(
          stage.confirmed.filter((mid) => mids.includes(mid)),
          mids,
        );
      },
    );
  }
}

function releaseTests(mode: Mode, version: Version): void {
  test('PUBRELs leave in the order of the PUBRECs, over a new connection too', limit, async (t) => {
    const stage = await scriptedFor(t, version);
    const { client } = stage;
    driveFor(t, client, mode);
    const first = await stage.accept();
    const mids = publish(client, range(0, 6), 2);
    await arrived(first, 7, version);
    const order = [4, 1, 5, 0].map((index) => mids[index] ?? 0);
    first.send(...order.map((mid) => ack(PUBREC, mid)));
    await arrived(first, 11, version);
    const releases = order.map((mid) => `PUBREL ${mid}`);
    assert.deepEqual(wordsOf(first, version).slice(7), releases);
    await cut(stage, first);
    const second = await stage.accept(true);
    await arrived(second, 7, version);
    assert.deepEqual(wordsOf(second, version).slice(1), [...releases, 'PUBLISH 2 2 DUP', 'PUBLISH 3 2 DUP']);
    await answerAll(second, version, stage, 6);
    assert.deepEqual([...stage.confirmed].sort(), [...mids].sort());
  });

  test('released, and the session is gone: PUBREL alone, and on_publish gets the answer', limit, async (t) => {
    const stage = await scriptedFor(t, version);
    const { client } = stage;
    const told: Array<[mid: number, reason: number]> = [];
    client.on_publish = (_mosq, _obj, mid, reason) => void told.push([mid, reason]);
    driveFor(t, client, mode);
    const first = await stage.accept();
    const [mid = 0] = publish(client, [0], 2);
    await arrived(first, 2, version);
    first.send(ack(PUBREC, mid));
    await arrived(first, 3, version);
    await cut(stage, first);
    const second = await stage.accept();
    assert.equal(midOf(await second.nextOf(PUBREL)), mid);
    const reason = version === 5 ? MQTT_RC_PACKET_ID_NOT_FOUND : 0;
    second.send(version === 5 ? ack5(PUBCOMP, mid, reason) : ack(PUBCOMP, mid));
    await until(() => told.length === 1, 'on_publish');
    assert.deepEqual(told, [[mid, reason]]);
    assert.equal(published(second).length, 0);
  });

  test('PUBREC of a message that was not sent releases nothing', limit, async (t) => {
    const stage = await scriptedFor(t, version);
    const { client } = stage;
    assert.equal(client.max_inflight_messages_set(1), 0);
    driveFor(t, client, mode);
    const peer = await stage.accept();
    const mids = publish(client, [0, 1], 2);
    await arrived(peer, 2, version);
    peer.send(ack(PUBREC, mids[1] ?? 0));
    await arrived(peer, 3, version);
    peer.send(ack(PUBCOMP, mids[0] ?? 0));
    await arrived(peer, 4, version);
    assert.deepEqual(wordsOf(peer, version).slice(1), ['PUBLISH 0 2', `PUBREL ${mids[1]}`, 'PUBLISH 1 2']);
    await answerAll(peer, version, stage, 2, 3);
    assert.deepEqual(stage.confirmed, mids);
  });

  test('messages that were not written in the lost connection go without DUP, the others with it', limit, async (t) => {
    const stage = await scriptedFor(t, version);
    const { client } = stage;
    const COUNT = 30;
    const body = Buffer.alloc(1_000_000, '.');
    assert.equal(client.max_inflight_messages_set(0), 0);
    driveFor(t, client, mode);
    const first = await stage.accept();
    publish(client, [0], 1);
    await arrived(first, 2, version);
    first.pause();
    for (let index = 0; index < COUNT; index++) assert.equal(client.publish('t', body, 1), 0);
    await cut(stage, first);
    const second = await stage.accept(true);
    await arrived(second, 2 + COUNT, version);
    const dups = published(second).map(({ flags }) => (flags & 8) !== 0);
    const repeated = dups.lastIndexOf(true) + 1;
    assert.ok(repeated >= 1 && repeated < dups.length, `${repeated} of ${dups.length} with DUP`);
    assert.deepEqual(
      dups,
      dups.map((_dup, index) => index < repeated),
    );
    await answerAll(second, version, stage, 1 + COUNT);
  });
}

// The system's library marks sent messages as unsent, and sets DUP by other rules.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    for (const version of VERSIONS) {
      for (const qos of [1, 2] as const) {
        for (const max of [1, 20, 0]) {
          describe(`order over a new connection (MQTT ${version}, QoS ${qos}, at most ${max}, ${mode})`, () => {
            orderTests(mode, version, qos, max);
          });
        }
      }
      describe(`another maximum for the new connection (MQTT ${version}, ${mode})`, () => {
        maximumTests(mode, version);
      });
      describe(`releases and retransmissions (MQTT ${version}, ${mode})`, () => {
        releaseTests(mode, version);
      });
    }
  }
}
