import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_PROTOCOL,
  MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED,
  MOSQ_ERR_SUCCESS,
  MOSQ_OPT_RECEIVE_MAXIMUM,
  type Mosquitto,
  MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED,
} from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { ack, DISCONNECT, PUBCOMP, PUBREC, PUBREL, publish, readMid } from '../support/packets';
import { accept5, publish5, readReason5 } from '../support/packets5';
import { clientFor } from '../support/scope';
import { collect, disconnections } from '../support/traffic';
import { scaled, until, within } from '../support/wait';
import { type Connection, connectionOf } from './connection';

// Tests the limit of received messages of QoS 2 without PUBREL. Such a message is in the client's memory until its
// PUBREL, which a broker may never send.

const limit = { timeout: scaled(60000) };
const MAXIMUM = 3;

interface Session extends Connection {
  readonly ends: number[];
}

async function sessionOf(
  t: TestContext,
  mode: Mode,
  client: Mosquitto,
  accept: (peer: Peer) => Promise<unknown>,
): Promise<Session> {
  const ends = disconnections(client);
  return { ...(await connectionOf(t, mode, client, accept)), ends };
}

/** MQTT 5, with a receive maximum of 3. */
async function session5(t: TestContext, mode: Mode, sessionPresent = (): boolean => false): Promise<Session> {
  const client = client5For(t, 'unreleased', false);
  assert.equal(client.int_option(MOSQ_OPT_RECEIVE_MAXIMUM, MAXIMUM), MOSQ_ERR_SUCCESS);
  return await sessionOf(t, mode, client, (peer) => accept5(peer, {}, sessionPresent()));
}

function message(mid: number, qos = 2, payload = `${mid}`): Buffer {
  return publish5('t', payload, { qos, mid });
}

/** `count` answers of a type, by their ids. */
async function answers(peer: Peer, type: number, count: number): Promise<number[]> {
  const mids: number[] = [];
  while (mids.length < count) mids.push(readMid(await peer.nextOf(type)));
  return mids;
}

async function assertRefused({ ends, peer }: Session): Promise<void> {
  const last = peer();
  const before = ends.length;
  await until(() => ends.length > before, 'on_disconnect');
  assert.equal(ends.at(-1), MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED);
  await within(last.closed, 'the end of the connection');
  const reasons = last.received.filter(({ type }) => type === DISCONNECT).map((packet) => readReason5(packet).code);
  assert.deepEqual(reasons, [MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED]);
}

function staticTests(): void {
  for (const mode of MODES) {
    for (const qos of [1, 2]) {
      test(`MQTT 5: one of QoS ${qos} more than the receive maximum is 0x93 (${mode})`, limit, async (t) => {
        const session = await session5(t, mode);
        session.peer().send(...[1, 2, 3].map((mid) => message(mid)));
        assert.deepEqual(await answers(session.peer(), PUBREC, MAXIMUM), [1, 2, 3]);
        assert.deepEqual(session.ends, []);
        session.peer().send(message(4, qos));
        await assertRefused(session);
      });
    }

    test(`MQTT 5: a PUBREL of an id that nobody has releases nothing (${mode})`, limit, async (t) => {
      const session = await session5(t, mode);
      session.peer().send(...[1, 2, 3].map((mid) => message(mid)), ack(PUBREL, 99), ack(PUBREL, 98));
      assert.deepEqual(await answers(session.peer(), PUBCOMP, 2), [99, 98]);
      session.peer().send(message(4));
      await assertRefused(session);
    });

    test(`MQTT 5: what is released makes room, and a repetition takes none (${mode})`, limit, async (t) => {
      const session = await session5(t, mode);
      const messages = collect(session.client);
      for (let mid = 1; mid <= 20; mid++) {
        session.peer().send(message(mid), message(mid), message(mid + 1), message(mid + 2), message(mid));
        session.peer().send(ack(PUBREL, mid));
        assert.deepEqual(await answers(session.peer(), PUBCOMP, 1), [mid]);
      }
      await until(() => messages.length === 20, 'the messages');
      assert.deepEqual(session.ends, []);
      assert.deepEqual(
        messages.map(({ payload }) => Number(payload)),
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    test(`MQTT 5: all of them again in the next connection of the session (${mode})`, limit, async (t) => {
      let known = false;
      const session = await session5(t, mode, () => known);
      const messages = collect(session.client);
      session.peer().send(...[1, 2, 3].map((mid) => message(mid)));
      await answers(session.peer(), PUBREC, MAXIMUM);
      known = true;
      await session.again();
      session.peer().send(...[1, 2, 3].map((mid) => message(mid)));
      assert.deepEqual(await answers(session.peer(), PUBREC, MAXIMUM), [1, 2, 3]);
      session.peer().send(...[1, 2, 3].map((mid) => ack(PUBREL, mid)));
      assert.deepEqual(await answers(session.peer(), PUBCOMP, MAXIMUM), [1, 2, 3]);
      await until(() => messages.length === MAXIMUM, 'the messages');
      assert.deepEqual(
        messages.map(({ payload }) => `${payload}`),
        ['1', '2', '3'],
      );
    });

    test(`MQTT 5: those of a session that is gone are forgotten (${mode})`, limit, async (t) => {
      const session = await session5(t, mode);
      const messages = collect(session.client);
      session.peer().send(...[1, 2, 3].map((mid) => message(mid)));
      await answers(session.peer(), PUBREC, MAXIMUM);
      await session.again();
      session.peer().send(...[4, 5, 6].map((mid) => message(mid)));
      assert.deepEqual(await answers(session.peer(), PUBREC, MAXIMUM), [4, 5, 6]);
      session.peer().send(...[1, 2, 3, 4].map((mid) => ack(PUBREL, mid)));
      assert.deepEqual(await answers(session.peer(), PUBCOMP, 4), [1, 2, 3, 4]);
      await until(() => messages.length > 0, 'the message');
      assert.deepEqual(
        messages.map(({ payload }) => `${payload}`),
        ['4'],
      );
    });

    test(`MQTT 3.1.1: they may take as much as 20 of the largest packets (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      assert.equal(client.max_packet_size_set(10_000), MOSQ_ERR_SUCCESS);
      const session = await sessionOf(t, mode, client, (peer) => peer.accept());
      const messages = collect(client);
      const payload = Buffer.alloc(9000);
      let mid = 0;
      const next = (): Buffer => {
        mid += 1;
        return publish('t', payload, { qos: 2, mid });
      };
      // The same broker sends far more than that, with PUBREL for each.
      for (let index = 0; index < 100; index++) {
        session.peer().send(next(), ack(PUBREL, mid));
        await session.peer().nextOf(PUBCOMP);
      }
      await until(() => messages.length === 100, 'the messages that were released');
      session.peer().send(...Array.from({ length: 20 }, next));
      await answers(session.peer(), PUBREC, 20);
      assert.deepEqual(session.ends, []);
      session.peer().send(...Array.from({ length: 3 }, next));
      await until(() => session.ends.length > 0, 'on_disconnect');
      assert.deepEqual(session.ends, [MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED]);
    });
  }

  test('MQTT 3.1.1: 5000 small ones are not too many', limit, async (t) => {
    const client = clientFor(t);
    const session = await sessionOf(t, 'thread', client, (peer) => peer.accept());
    session.peer().send(...Array.from({ length: 5000 }, (_, index) => publish('t', '', { qos: 2, mid: index + 1 })));
    await answers(session.peer(), PUBREC, 5000);
    assert.deepEqual(session.ends, []);
  });
}

describe('messages of QoS 2 that are not released', () => {
  if (build_info().linkage === 'static') {
    staticTests();
    return;
  }
  test('MQTT 5: one more than the receive maximum ends the connection', limit, async (t) => {
    const session = await session5(t, 'thread');
    session.peer().send(...[1, 2, 3, 4].map((mid) => message(mid)));
    await until(() => session.ends.length > 0, 'on_disconnect');
    assert.deepEqual(session.ends, [MOSQ_ERR_PROTOCOL]);
  });
});
