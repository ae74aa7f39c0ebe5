// Tests topic aliases in both directions. A fault would deliver or publish a message under the wrong topic.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_INVAL, type Properties } from 'libmosquitto';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import { PUBLISH } from '../support/packets';
import { publish5, readPublish5 } from '../support/packets5';
import { driveFor, sharedBroker } from '../support/scope';
import { disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { session } from './session';

const limit = { timeout: scaled(30000) };
const TEN: Properties = { 'topic-alias-maximum': 10 };
const broker = sharedBroker();

// libmosquitto 2.0 does not resolve aliases, and should not receive any, because it announces none by itself.
for (const mode of HAS_2_1 ? MODES : []) {
  test(`incoming: a message without a topic has the one that its alias was given (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode, TEN, TEN);
    const topics: string[] = [];
    client.on_message = (_mosq, _obj, msg) => {
      topics.push(msg.topic);
      assert.equal(typeof msg.properties?.['topic-alias'], 'number');
    };
    const steps: ReadonlyArray<readonly [topic: string, alias: number]> = [
      ['first/größe', 1],
      ['tenth', 10],
      ['', 1],
      ['', 10],
      ['first/anew', 1],
      ['', 1],
      ['', 10],
    ];
    peer.send(...steps.map(([topic, alias]) => publish5(topic, 'x', { properties: { 'topic-alias': alias } })));
    await until(() => topics.length === steps.length, 'all messages');
    assert.deepEqual(topics, ['first/größe', 'tenth', 'first/größe', 'tenth', 'first/anew', 'first/anew', 'tenth']);
  });

  test(
    `incoming: an alias that was given no topic, or is too large, ends the connection (${mode})`,
    limit,
    async (t) => {
      for (const [topic, alias] of [
        ['', 3],
        ['a', 11],
        ['', 11],
        ['a', 0],
      ] as const) {
        const { client, peer } = await session(t, mode, TEN, TEN);
        const codes = disconnections(client);
        let messages = 0;
        client.on_message = () => {
          messages += 1;
        };
        peer.send(publish5(topic, 'x', { properties: { 'topic-alias': alias } }));
        await until(() => codes.length > 0, `on_disconnect for '${topic}' ${alias}`);
        assert.notEqual(codes[0], 0);
        assert.equal(messages, 0);
        client.destroy();
      }
    },
  );
}

// Only the static build repairs this: the library itself ends the connection.
if (build_info().linkage === 'static') {
  test('incoming: what the client announced counts, not what the broker itself takes', limit, async (t) => {
    const { client, peer } = await session(t, 'event loop', {}, TEN);
    const topics: string[] = [];
    client.on_message = (_mosq, _obj, msg) => {
      topics.push(msg.topic);
    };
    for (const topic of ['a/topic', '']) peer.send(publish5(topic, 'x', { properties: { 'topic-alias': 10 } }));
    await until(() => topics.length === 2, 'both messages');
    assert.deepEqual(topics, ['a/topic', 'a/topic']);
  });
}

test('outgoing: with an alias the topic may be left out, at each QoS', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop', { 'topic-alias-maximum': 5 }, TEN);
  for (const qos of [0, 1, 2] as const) {
    for (const topic of [`alias/${qos}`, '']) {
      assert.equal(client.publish(topic, 'x', qos, false, { 'topic-alias': 5 }), 0);
      const sent = readPublish5(await peer.nextOf(PUBLISH));
      assert.deepEqual([sent.topic, sent.qos, sent.properties], [topic, qos, { 'topic-alias': 5 }]);
    }
    assert.equal(client.publish('', 'x', qos), MOSQ_ERR_INVAL, 'neither topic nor alias');
  }
});

test('outgoing: a real broker replaces the alias by the topic', limit, async (t) => {
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  const { properties } = await connect5(client, broker());
  assert.ok((properties?.['topic-alias-maximum'] ?? 0) > 0);
  await subscribeTo(client, 'alias/#', 1);
  const topics: string[] = [];
  client.on_message = (_mosq, _obj, msg) => {
    topics.push(msg.topic);
    assert.equal(msg.properties, null, 'an alias is for one connection');
  };
  for (const topic of ['alias/größe', '', '', 'alias/other', '']) {
    assert.equal(client.publish(topic, 'x', 1, false, { 'topic-alias': 1 }), 0);
  }
  await until(() => topics.length === 5, 'all messages');
  assert.deepEqual(topics, ['alias/größe', 'alias/größe', 'alias/größe', 'alias/other', 'alias/other']);
});
