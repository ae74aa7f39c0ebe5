import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto, Properties } from 'libmosquitto';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import { driveFor, sharedBroker } from '../support/scope';
import { collect, disconnectFrom, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests properties with a real broker: those that it forwards from client to client, and those that it handles itself.

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

async function connected(t: test.TestContext, mode: Mode = 'event loop'): Promise<Mosquitto> {
  const client = client5For(t);
  driveFor(t, client, mode);
  await connect5(client, broker());
  return client;
}

const FORWARDED: Properties = {
  'payload-format-indicator': 1,
  'content-type': 'text/plain; charset=utf-8',
  'response-topic': 'größe/answer',
  'correlation-data': Buffer.from([0, 1, 0xff, 0xfe, 0]),
  'user-property': [
    ['b', '1'],
    ['a', '2'],
    ['b', '3'],
    ['', ''],
    ['größe', '🙂'],
  ],
};

// libmosquitto 2.0 cannot keep an empty string for a message of QoS 1 or 2.
const EMPTY: Properties = HAS_2_1 ? { 'content-type': '' } : { 'correlation-data': Buffer.alloc(0) };

for (const mode of MODES) {
  for (const qos of [0, 1, 2] as const) {
    test(`a message's properties reach the subscriber as they were sent, QoS ${qos} (${mode})`, limit, async (t) => {
      const topic = `messages/${mode}/${qos}`;
      const reader = await connected(t, mode);
      await subscribeTo(reader, topic, qos);
      const messages = collect(reader);
      const writer = await connected(t, mode);
      assert.equal(writer.publish(topic, 'größe', qos, false, FORWARDED), 0);
      assert.equal(writer.publish(topic, null, qos, false, EMPTY), 0);
      assert.equal(writer.publish(topic, 'none', qos), 0);
      await until(() => messages.length === 3, 'three messages');
      assert.deepEqual(
        messages.map(({ payload, properties }) => [String(payload), properties]),
        [
          ['größe', FORWARDED],
          ['', EMPTY],
          ['none', null],
        ],
      );
      const received = messages[0]?.properties?.['correlation-data'];
      assert.ok(received instanceof Buffer);
    });
  }

  test(`request and response, by response topic and correlation data (${mode})`, limit, async (t) => {
    const requests = `request/${mode}`;
    const responder = await connected(t, mode);
    await subscribeTo(responder, requests, 1);
    responder.on_message = (mosq, _obj, { payload, properties }) => {
      const to = properties?.['response-topic'];
      const id = properties?.['correlation-data'];
      assert.ok(to !== undefined && id !== undefined);
      mosq.publish(to, String(payload).toUpperCase(), 1, false, { 'correlation-data': id });
    };
    const requester = await connected(t, mode);
    const answers = `response/${mode}`;
    await subscribeTo(requester, answers, 1);
    const messages = collect(requester);
    const ids = [Buffer.from([0]), Buffer.alloc(16, 0xee), Buffer.from('größe')];
    for (const [index, id] of ids.entries()) {
      const properties: Properties = { 'response-topic': answers, 'correlation-data': id };
      assert.equal(requester.publish(requests, `question ${index}`, 1, false, properties), 0);
    }
    await until(() => messages.length === ids.length, 'all answers');
    assert.deepEqual(
      messages.map(({ payload, properties }) => [String(payload), properties]),
      ids.map((id, index) => [`QUESTION ${index}`, { 'correlation-data': id }]),
    );
  });
}

test('message expiry: the remaining interval arrives, and an expired message does not', limit, async (t) => {
  const writer = await connected(t);
  const confirmed: number[] = [];
  writer.on_publish = (_mosq, _obj, mid) => {
    confirmed.push(mid);
  };
  assert.equal(writer.publish('expiry/long', 'x', 1, true, { 'message-expiry-interval': 4000000000 }), 0);
  assert.equal(writer.publish('expiry/short', 'x', 1, true, { 'message-expiry-interval': 1 }), 0);
  await until(() => confirmed.length === 2, 'the confirmations');
  // Each time another subscriber reads the stored messages; at last the short-lived one is gone.
  let topics: string[] = [];
  let left: number | undefined;
  do {
    const reader = await connected(t);
    const messages = collect(reader);
    await subscribeTo(reader, 'expiry/#', 1);
    await until(() => messages.some(({ topic }) => topic === 'expiry/long'), 'the long one');
    topics = messages.map(({ topic }) => topic);
    left = messages.find(({ topic }) => topic === 'expiry/long')?.properties?.['message-expiry-interval'];
    reader.destroy();
  } while (topics.includes('expiry/short'));
  assert.ok(left !== undefined && left <= 4000000000 && left > 3999990000, String(left));
});

test("a will's properties reach its subscribers, and its delay interval delays it", limit, async (t) => {
  const watcher = await connected(t);
  await subscribeTo(watcher, 'will5/#', 1);
  const messages = collect(watcher);
  const at: number[] = [];
  for (const [topic, delay] of [
    ['will5/now', 0],
    ['will5/later', 1],
  ] as const) {
    const client = client5For(t);
    assert.equal(client.will_set(topic, 'gone', 1, false, { ...FORWARDED, 'will-delay-interval': delay }), 0);
    driveFor(t, client, 'thread');
    // A will is never delayed for longer than the session lasts.
    await connect5(client, broker(), { 'session-expiry-interval': 60 });
    const began = performance.now();
    client.destroy();
    await until(() => messages.length > at.length, topic);
    at.push(performance.now() - began);
  }
  assert.deepEqual(
    messages.map(({ topic, properties }) => [topic, properties]),
    [
      ['will5/now', FORWARDED],
      ['will5/later', FORWARDED],
    ],
  );
  assert.ok((at[1] ?? 0) > 500, `the delayed will came after ${at[1]} ms`);
});

test('disconnect(4): the broker publishes the will nevertheless', limit, async (t) => {
  const watcher = await connected(t);
  await subscribeTo(watcher, 'will5/asked', 1);
  const messages = collect(watcher);
  const client = client5For(t);
  assert.equal(client.will_set('will5/asked', 'gone', 1), 0);
  driveFor(t, client, 'event loop');
  await connect5(client, broker());
  const codes = disconnections(client);
  assert.equal(client.disconnect(4), 0);
  await until(() => messages.length === 1 && codes.length === 1, 'the will');
  assert.deepEqual(codes, [0]);
});

test('session expiry: the session outlives the connection, unless disconnect() ends it', limit, async (t) => {
  const client = client5For(t, 'session expiry', false);
  driveFor(t, client, 'event loop');
  const expiry: Properties = { 'session-expiry-interval': 3600 };
  assert.equal((await connect5(client, broker(), expiry)).flags, 0);
  await subscribeTo(client, 'expiry5/#', 1);
  assert.equal(await disconnectFrom(client), 0);
  const writer = await connected(t);
  let confirmed = 0;
  writer.on_publish = () => {
    confirmed += 1;
  };
  assert.equal(writer.publish('expiry5/a', 'kept', 1), 0);
  await until(() => confirmed === 1, 'the confirmation');
  const messages = collect(client);
  assert.equal((await connect5(client, broker(), expiry)).flags, 1, 'session present');
  await until(() => messages.length === 1, 'the queued message');
  // disconnect() may shorten the session expiry of CONNECT: no message is stored.
  const codes = disconnections(client);
  assert.equal(client.disconnect(0, { 'session-expiry-interval': 0 }), 0);
  await until(() => codes.length === 1, 'on_disconnect');
  assert.equal((await connect5(client, broker(), expiry)).flags, 0, 'no session any more');
});

test('without a session expiry interval nothing outlives an MQTT 5 connection', limit, async (t) => {
  const client = client5For(t, 'no expiry', false);
  driveFor(t, client, 'event loop');
  await connect5(client, broker());
  await subscribeTo(client, 'expiry5/none', 1);
  assert.equal(await disconnectFrom(client), 0);
  assert.equal((await connect5(client, broker(), { 'session-expiry-interval': 3600 })).flags, 0);
});
