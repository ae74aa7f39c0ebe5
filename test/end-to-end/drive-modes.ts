// Tests of the exchange of messages in every drive mode, for any broker.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { type Address, collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const COUNT = 2000;
const SEQUENCE = Array.from({ length: COUNT }, (_, index) => index);

/** Every drive mode, with every QoS: no message may be lost, doubled or out of order, on either side. */
export function driveModes(broker: () => Address): void {
  for (const mode of MODES) {
    for (const qos of [0, 1, 2] as const) {
      test(`${COUNT} messages of QoS ${qos} from client to client (${mode})`, limit, async (t) => {
        const topic = `modes/${mode}/${qos}`;
        const reader = clientFor(t);
        driveFor(t, reader, mode);
        await connectTo(reader, broker());
        await subscribeTo(reader, topic, qos);
        const messages = collect(reader);

        const writer = clientFor(t);
        driveFor(t, writer, mode);
        await connectTo(writer, broker());
        const confirmed: number[] = [];
        writer.on_publish = (_mosq, _obj, mid) => {
          confirmed.push(mid);
        };
        const mids: number[] = [];
        for (const index of SEQUENCE) {
          assert.equal(writer.publish(topic, `${index}`, qos), 0);
          mids.push(writer.last_mid);
        }
        await until(
          () => messages.length >= COUNT && confirmed.length >= COUNT,
          () => `${COUNT} messages and confirmations: ${messages.length} and ${confirmed.length} came`,
        );
        // A doubled message would arrive before the answer to this.
        await subscribeTo(reader, `${topic}/end`);
        assert.deepEqual(
          messages.map(({ payload }) => Number(payload)),
          SEQUENCE,
        );
        assert.ok(messages.every((message) => message.topic === topic && message.qos === qos && !message.retain));
        assert.deepEqual(confirmed, mids);
        assert.equal(new Set(mids).size, COUNT);
      });
    }
  }

  test('three clients in three modes at once, in one process', limit, async (t) => {
    const received: number[][] = [];
    for (const mode of MODES) {
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await subscribeTo(client, 'modes/all', 1);
      const own: number[] = [];
      received.push(own);
      client.on_message = (_mosq, _obj, { payload }) => {
        own.push(Number(payload));
      };
    }
    const writer = clientFor(t);
    driveFor(t, writer, 'thread');
    await connectTo(writer, broker());
    for (const index of SEQUENCE) assert.equal(writer.publish('modes/all', `${index}`, 1), 0);
    await until(() => received.every(({ length }) => length === COUNT), 'all messages at all three');
    for (const own of received) assert.deepEqual(own, SEQUENCE);
  });

  test('one client goes from mode to mode on the same connection, and back', limit, async (t) => {
    const client = clientFor(t);
    let disconnects = 0;
    client.on_disconnect = () => {
      disconnects += 1;
    };
    let first = true;
    const messages = collect(client);
    for (const mode of [...MODES, ...MODES.toReversed()]) {
      const driven = driveFor(t, client, mode);
      if (first) {
        await connectTo(client, broker());
        await subscribeTo(client, 'modes/change', 1);
      }
      first = false;
      const before = messages.length;
      for (let index = 0; index < 10; index++)
        assert.equal(client.publish('modes/change', String(before + index), 1), 0);
      await until(() => messages.length === before + 10, `ten messages by ${mode}`);
      await driven.stop();
    }
    assert.deepEqual(
      messages.map(({ payload }) => Number(payload)),
      Array.from({ length: 60 }, (_, index) => index),
    );
    assert.equal(disconnects, 0);
  });
}
