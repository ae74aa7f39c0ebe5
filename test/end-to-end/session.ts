// Tests of sessions, for any broker. A fault would lose messages of a disconnected client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { type Address, collect, connectTo, disconnectFrom, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

async function publishAll(
  t: test.TestContext,
  broker: Address,
  topic: string,
  payloads: string[],
  qos: 0 | 1 | 2,
): Promise<void> {
  const sender = clientFor(t);
  driveFor(t, sender, 'event loop');
  await connectTo(sender, broker);
  let confirmed = 0;
  sender.on_publish = () => {
    confirmed += 1;
  };
  for (const payload of payloads) assert.equal(sender.publish(topic, payload, qos), 0);
  await until(() => confirmed === payloads.length, 'the confirmations');
}

/** Connects without subscribing; returns the flags of on_connect. */
async function flagsOf(client: Mosquitto, connect: () => number): Promise<number> {
  const answers: number[][] = [];
  client.on_connect = (_mosq, _obj, rc, flags) => {
    answers.push([rc, flags]);
  };
  assert.equal(connect(), 0);
  await until(() => answers.length > 0, 'on_connect');
  assert.equal(answers[0]?.[0], 0);
  return answers[0]?.[1] ?? -1;
}

const PAYLOADS = ['1', '2', '3', '4', '5'];

/** Tests which messages the broker keeps for a disconnected client. `queued`: the QoS of these messages. */
export function sessions(broker: () => Address, queued: 1 | 2 = 2): void {
  for (const mode of MODES) {
    test(
      `clean_session false: subscription and QoS 1 messages wait for the same client to reconnect() (${mode})`,
      limit,
      async (t) => {
        const topic = `session/same/${mode}`;
        const client = clientFor(t, `same ${mode}`, false);
        const messages = collect(client);
        driveFor(t, client, mode);
        assert.equal(await flagsOf(client, () => client.connect(broker().host, broker().port)), 0);
        await subscribeTo(client, topic, 1);
        assert.equal(await disconnectFrom(client), 0);
        await publishAll(t, broker(), topic, PAYLOADS, 1);
        assert.equal(messages.length, 0);
        assert.equal(await flagsOf(client, () => client.reconnect()), 1, 'session present');
        await until(() => messages.length === PAYLOADS.length, 'the messages');
        assert.deepEqual(
          messages.map(({ payload }) => String(payload)),
          PAYLOADS,
        );
      },
    );

    test(`clean_session false: another client with the same id takes the session over (${mode})`, limit, async (t) => {
      const topic = `session/other/${mode}`;
      const first = clientFor(t, `other ${mode}`, false);
      driveFor(t, first, mode);
      await connectTo(first, broker());
      await subscribeTo(first, topic, queued);
      assert.equal(await disconnectFrom(first), 0);
      first.destroy();
      await publishAll(t, broker(), topic, PAYLOADS, queued);
      const second = clientFor(t, `other ${mode}`, false);
      // The messages come directly behind the CONNACK: nothing has been subscribed yet.
      const messages = collect(second);
      driveFor(t, second, mode);
      assert.equal(await flagsOf(second, () => second.connect(broker().host, broker().port)), 1);
      await until(() => messages.length === PAYLOADS.length, 'the messages');
      assert.deepEqual(
        messages.map(({ payload }) => String(payload)),
        PAYLOADS,
      );
    });
  }

  test('clean_session true: the broker forgets the subscription', limit, async (t) => {
    const client = clientFor(t, 'forgotten', true);
    const messages = collect(client);
    driveFor(t, client, 'event loop');
    await connectTo(client, broker());
    await subscribeTo(client, 'session/forgotten', 1);
    assert.equal(await disconnectFrom(client), 0);
    await publishAll(t, broker(), 'session/forgotten', PAYLOADS, 1);
    assert.equal(await flagsOf(client, () => client.reconnect()), 0);
    await subscribeTo(client, 'session/marker', 1);
    assert.equal(client.publish('session/marker', 'marker', 1), 0);
    await until(() => messages.length === 1, 'the marker');
    assert.equal(messages[0]?.topic, 'session/marker');
  });

  test('the same id twice: the broker ends the older connection, whose on_disconnect is not 0', limit, async (t) => {
    const older = clientFor(t, 'twice');
    driveFor(t, older, 'loop');
    await connectTo(older, broker());
    const codes: number[] = [];
    older.on_disconnect = (_mosq, _obj, rc) => {
      codes.push(rc);
    };
    const newer = clientFor(t, 'twice');
    driveFor(t, newer, 'loop');
    await connectTo(newer, broker());
    await until(() => codes.length === 1, 'on_disconnect of the older');
    assert.notEqual(codes[0], 0);
  });
}
