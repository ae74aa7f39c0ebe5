// Tests publish(): its return codes, message ids, topics, and messages without a connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_NO_CONN } from 'libmosquitto';
import { retainedMessages } from '../end-to-end/retained';
import { MODES } from '../support/drive';
import { brokerFor, clientFor, driveFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

for (const mode of MODES) {
  for (const qos of [0, 1, 2] as const) {
    test(
      `QoS ${qos}: last_mid is on_publish's mid, set before it; the message comes with its qos (${mode})`,
      limit,
      async (t) => {
        const client = clientFor(t);
        driveFor(t, client, mode);
        await connectTo(client, broker());
        await subscribeTo(client, 'publish/mid', qos);
        const messages = collect(client);
        const confirmed: number[] = [];
        let inside = false;
        client.on_publish = (_mosq, _obj, mid) => {
          assert.equal(inside, false, 'never inside publish()');
          confirmed.push(mid);
        };
        const mids: number[] = [];
        for (let index = 0; index < 10; index++) {
          inside = true;
          assert.equal(client.publish('publish/mid', String(index), qos), 0);
          inside = false;
          mids.push(client.last_mid);
        }
        assert.equal(new Set(mids).size, 10, 'each has its own id');
        assert.ok(mids.every((mid) => mid > 0 && mid <= 65535));
        await until(() => messages.length === 10 && confirmed.length === 10, 'ten messages and confirmations');
        assert.deepEqual(confirmed, mids);
        for (const [index, message] of messages.entries()) {
          assert.equal(message.topic, 'publish/mid');
          assert.equal(String(message.payload), String(index));
          assert.equal(message.qos, qos);
          assert.equal(message.retain, false);
          assert.equal(message.mid > 0, qos > 0);
        }
      },
    );
  }

  test(
    `publish() while disconnected returns MOSQ_ERR_NO_CONN: QoS 1 and 2 are queued and sent later, QoS 0 is dropped (${mode})`,
    limit,
    async (t) => {
      const reader = clientFor(t);
      driveFor(t, reader, 'thread');
      await connectTo(reader, broker());
      await subscribeTo(reader, `publish/queued/${mode}`, 2);
      const messages = collect(reader);

      const client = clientFor(t);
      const confirmed: number[] = [];
      client.on_publish = (_mosq, _obj, mid) => {
        confirmed.push(mid);
      };
      const mids: number[] = [];
      for (const qos of [0, 1, 2] as const) {
        assert.equal(client.publish(`publish/queued/${mode}`, `q${qos}`, qos), MOSQ_ERR_NO_CONN);
        if (qos > 0) mids.push(client.last_mid);
      }
      assert.ok(mids.every((mid) => mid > 0));
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await until(() => confirmed.length === 2 && messages.length === 2, 'the queued messages');
      // Messages arrive in the order in which they were sent, so a QoS 0 message that was queued would come before this
      // one.
      assert.equal(client.publish(`publish/queued/${mode}`, 'last', 1), 0);
      await until(() => messages.length === 3, 'the message after them');
      assert.deepEqual(
        messages.map(({ payload }) => String(payload)),
        ['q1', 'q2', 'last'],
      );
      assert.deepEqual(confirmed.slice(0, 2).sort(), mids.sort());
    },
  );
}

retainedMessages(broker);

test(
  'topics: non-ASCII text, empty levels, a leading slash and the longest there is arrive unchanged',
  limit,
  async (t) => {
    const client = clientFor(t);
    driveFor(t, client, 'event loop');
    await connectTo(client, await brokerFor(t));
    const messages = collect(client);
    // The broker is new, because retained messages of other tests would arrive too.
    await subscribeTo(client, '#', 1);
    const topics = ['тест/日本/🙂/é', '/lead', 'a//b', 'trail/', ' spaces in ', 'x'.repeat(65535)];
    for (const topic of topics) assert.equal(client.publish(topic, topic.slice(0, 10), 1), 0);
    await until(() => messages.length === topics.length, 'all topics');
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      topics,
    );
  },
);

test('max_inflight_messages_set(1) has one message in flight at a time, and all arrive', limit, async (t) => {
  for (const qos of [1, 2] as const) {
    const own = await brokerFor(t);
    const client = clientFor(t);
    assert.equal(client.max_inflight_messages_set(1), 0);
    driveFor(t, client, 'event loop');
    await connectTo(client, own);
    await subscribeTo(client, 'publish/one', qos);
    const messages = collect(client);
    const confirmed: number[] = [];
    client.on_publish = (_mosq, _obj, mid) => {
      confirmed.push(mid);
    };
    for (let index = 0; index < 100; index++) assert.equal(client.publish('publish/one', String(index), qos), 0);
    await until(() => messages.length === 100 && confirmed.length === 100, 'a hundred messages');
    assert.deepEqual(
      messages.map(({ payload }) => Number(payload)),
      Array.from({ length: 100 }, (_, index) => index),
    );
  }
});
