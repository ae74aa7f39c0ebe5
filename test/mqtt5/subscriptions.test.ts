// Tests the options and the properties of subscriptions in MQTT 5.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MOSQ_ERR_INVAL,
  MOSQ_OPT_PROTOCOL_VERSION,
  type Mosquitto,
  MQTT_PROTOCOL_V5,
  MQTT_PROTOCOL_V311,
  MQTT_SUB_OPT_NO_LOCAL,
  MQTT_SUB_OPT_RETAIN_AS_PUBLISHED,
  MQTT_SUB_OPT_SEND_RETAIN_ALWAYS,
  MQTT_SUB_OPT_SEND_RETAIN_NEVER,
  MQTT_SUB_OPT_SEND_RETAIN_NEW,
  type Properties,
} from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES } from '../support/drive';
import { SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import { accept5, readSubscribe5, readUnsubscribe5 } from '../support/packets5';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { session } from './session';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

async function connected(t: test.TestContext): Promise<Mosquitto> {
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  await connect5(client, broker());
  return client;
}

/** Calls subscribe() with options, and returns the answer. */
async function subscribe5(
  client: Mosquitto,
  filter: string | string[],
  qos: 0 | 1 | 2,
  options = 0,
  properties: Properties | null = null,
): Promise<number[]> {
  const answers: number[][] = [];
  client.on_subscribe = (_mosq, _obj, _mid, codes) => {
    answers.push(codes);
  };
  assert.equal(client.subscribe(filter, qos, options, properties), 0);
  await until(() => answers.length === 1, 'on_subscribe');
  client.on_subscribe = null;
  return answers[0] ?? [];
}

async function publish5(client: Mosquitto, topic: string, payload: string, retain = false): Promise<void> {
  let confirmed = 0;
  client.on_publish = () => {
    confirmed += 1;
  };
  assert.equal(client.publish(topic, payload, 1, retain), 0);
  await until(() => confirmed === 1, 'on_publish');
  client.on_publish = null;
}

for (const [name, version] of [
  ['5', MQTT_PROTOCOL_V5],
  ['3.1.1', MQTT_PROTOCOL_V311],
] as const) {
  test(`the options are bits of each filter's byte in MQTT 5, and left out before (MQTT ${name})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      if (version === MQTT_PROTOCOL_V5) await accept5(peer);
      else await peer.accept();
    });
    const client = clientFor(t);
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version), 0);
    driveFor(t, client, 'event loop');
    await connectTo(client, fake);
    const peer = fake.peers[0];
    assert.ok(peer);
    const combinations = [
      0,
      MQTT_SUB_OPT_NO_LOCAL,
      MQTT_SUB_OPT_RETAIN_AS_PUBLISHED,
      MQTT_SUB_OPT_SEND_RETAIN_ALWAYS,
      MQTT_SUB_OPT_SEND_RETAIN_NEW,
      MQTT_SUB_OPT_SEND_RETAIN_NEVER,
      MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_NEVER,
    ];
    for (const options of combinations) {
      for (const qos of [0, 1, 2] as const) {
        assert.equal(client.subscribe(['a/+', 'größe/#'], qos, options), 0);
        const { body } = await peer.nextOf(SUBSCRIBE);
        const mid = client.last_mid;
        const own = version === MQTT_PROTOCOL_V5 ? qos | options : qos;
        const filters = ['a/+', 'größe/#'].map((filter) => {
          const bytes = Buffer.from(filter);
          return Buffer.concat([Buffer.from([0, bytes.length]), bytes, Buffer.from([own])]);
        });
        const none = version === MQTT_PROTOCOL_V5 ? [0] : [];
        assert.deepEqual(body, Buffer.concat([Buffer.from([mid >> 8, mid & 255, ...none]), ...filters]));
      }
    }
    for (const wrong of [0x30, 0x40, 0x80, -1]) assert.equal(client.subscribe('a', 0, wrong), MOSQ_ERR_INVAL);
  });
}

test('several filters are one packet with one message id, for unsubscribe() too', limit, async (t) => {
  const { client, peer } = await session(t, 'event loop');
  const many = Array.from({ length: 500 }, (_, index) => `many/${index}/#`);
  const properties: Properties = { 'user-property': [['a', 'b']] };
  for (const filters of [['one'], ['a', 'b/+', '$share/group/c'], many]) {
    assert.equal(client.subscribe(filters, 2, MQTT_SUB_OPT_NO_LOCAL, properties), 0);
    assert.deepEqual(readSubscribe5(await peer.nextOf(SUBSCRIBE)), {
      mid: client.last_mid,
      properties,
      filters: filters.map((filter) => [filter, 2 | MQTT_SUB_OPT_NO_LOCAL]),
    });
    assert.equal(client.unsubscribe(filters, properties), 0);
    assert.deepEqual(readUnsubscribe5(await peer.nextOf(UNSUBSCRIBE)), { mid: client.last_mid, properties, filters });
  }
  // One filter is invalid, so no packet is sent.
  for (const wrong of [[], ['fine', 'a/#/b'], ['fine', '']]) {
    assert.equal(client.subscribe(wrong), MOSQ_ERR_INVAL, JSON.stringify(wrong));
    assert.equal(client.unsubscribe(wrong), MOSQ_ERR_INVAL, JSON.stringify(wrong));
  }
  for (const wrong of [['fine', 5], ['fine', null], ['a\0b']]) {
    assert.throws(() => client.subscribe(wrong as string[]), { name: 'TypeError', message: /^argument 1 \(topic\)/ });
    assert.throws(() => client.unsubscribe(wrong as string[]), { name: 'TypeError', message: /^argument 1 \(topic\)/ });
  }
  assert.equal(peer.received.length, 7);
});

for (const mode of MODES) {
  for (const version of [MQTT_PROTOCOL_V311, MQTT_PROTOCOL_V5]) {
    test(
      `several filters at a real broker: each is granted, each brings its messages (${mode}, MQTT ${version})`,
      limit,
      async (t) => {
        const root = `several/${mode}/${version}`;
        const client = clientFor(t);
        assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version), 0);
        driveFor(t, client, mode);
        await connectTo(client, broker());
        const filters = [`${root}/a`, `${root}/+/b`, `${root}/c/#`];
        assert.deepEqual(await subscribe5(client, filters, 1), [1, 1, 1]);
        const messages = collect(client);
        for (const topic of ['a', 'x/b', 'c', 'c/d/e', 'none', 'last/b']) client.publish(`${root}/${topic}`, 'x', 1);
        await until(() => messages.some(({ topic }) => topic.endsWith('last/b')), 'the last message');
        assert.deepEqual(
          messages.map(({ topic }) => topic.slice(root.length + 1)),
          ['a', 'x/b', 'c', 'c/d/e', 'last/b'],
        );
        let removed = 0;
        client.on_unsubscribe = () => {
          removed += 1;
        };
        assert.equal(client.unsubscribe(filters.slice(0, 2)), 0);
        await until(() => removed === 1, 'on_unsubscribe');
        messages.length = 0;
        for (const topic of ['a', 'x/b', 'c/last']) client.publish(`${root}/${topic}`, 'x', 1);
        await until(() => messages.length > 0, 'the last message');
        assert.equal(messages[0]?.topic, `${root}/c/last`);
      },
    );
  }
}

test('no local: own messages do not come back, those of others do', limit, async (t) => {
  const client = await connected(t);
  await subscribe5(client, 'local/#', 1, MQTT_SUB_OPT_NO_LOCAL);
  const messages = collect(client);
  await publish5(client, 'local/own', 'own');
  await publish5(await connected(t), 'local/other', 'other');
  await until(() => messages.length === 1, 'a message');
  assert.equal(messages[0]?.topic, 'local/other');
});

test('retain as published: a live message keeps its retain flag, without it is false', limit, async (t) => {
  const client = await connected(t);
  await subscribe5(client, 'published/kept', 1, MQTT_SUB_OPT_RETAIN_AS_PUBLISHED);
  await subscribe5(client, 'published/not', 1);
  const messages = collect(client);
  await publish5(client, 'published/kept', 'x', true);
  await publish5(client, 'published/not', 'x', true);
  await until(() => messages.length === 2, 'both');
  assert.deepEqual(
    messages.map(({ topic, retain }) => [topic, retain]),
    [
      ['published/kept', true],
      ['published/not', false],
    ],
  );
});

test('retain handling: stored messages are sent always, for a new subscription only, or never', limit, async (t) => {
  const client = await connected(t);
  await publish5(client, 'handling/stored', 'stored', true);
  const messages = collect(client);
  const stored = async (options: number): Promise<number> => {
    messages.length = 0;
    await subscribe5(client, 'handling/#', 1, options);
    await publish5(client, 'handling/marker', 'marker');
    await until(() => messages.some(({ topic }) => topic === 'handling/marker'), 'the marker');
    return messages.length - 1;
  };
  assert.equal(await stored(MQTT_SUB_OPT_SEND_RETAIN_NEVER), 0);
  assert.equal(await stored(MQTT_SUB_OPT_SEND_RETAIN_ALWAYS), 1);
  assert.equal(await stored(MQTT_SUB_OPT_SEND_RETAIN_ALWAYS), 1, 'again');
  assert.equal(await stored(MQTT_SUB_OPT_SEND_RETAIN_NEW), 0, 'not new any more');
  let removed = 0;
  client.on_unsubscribe = () => {
    removed += 1;
  };
  client.unsubscribe('handling/#');
  await until(() => removed === 1, 'on_unsubscribe');
  assert.equal(await stored(MQTT_SUB_OPT_SEND_RETAIN_NEW), 1, 'new again');
});

test('a subscription identifier comes back with each message of its subscription', limit, async (t) => {
  const client = await connected(t);
  await subscribe5(client, 'ids/one/#', 1, 0, { 'subscription-identifier': 1 });
  await subscribe5(client, 'ids/two/#', 1, 0, { 'subscription-identifier': 268435455 });
  await subscribe5(client, 'ids/none', 1);
  const messages = collect(client);
  for (const topic of ['ids/one/a', 'ids/two/b', 'ids/none']) await publish5(client, topic, 'x');
  await until(() => messages.length === 3, 'three messages');
  assert.deepEqual(
    messages.map(({ properties }) => properties),
    [{ 'subscription-identifier': 1 }, { 'subscription-identifier': 268435455 }, null],
  );
});

test(
  'a shared subscription: each message goes to one of the group, and to each that is not of it',
  limit,
  async (t) => {
    const COUNT = 60;
    const received: number[][] = [];
    const member = async (filter: string): Promise<number[]> => {
      const client = await connected(t);
      const own: number[] = [];
      client.on_message = (_mosq, _obj, { payload, topic }) => {
        assert.equal(topic, 'shared/work');
        own.push(Number(payload));
      };
      assert.deepEqual(await subscribeTo(client, filter, 1), [1]);
      received.push(own);
      return own;
    };
    const group = [await member('$share/group/shared/#'), await member('$share/group/shared/#')];
    const other = await member('$share/other/shared/#');
    const alone = await member('shared/#');
    const writer = await connected(t);
    for (let index = 0; index < COUNT; index++) assert.equal(writer.publish('shared/work', String(index), 1), 0);
    await until(() => received.flat().length === 3 * COUNT, 'all messages');
    const all = Array.from({ length: COUNT }, (_, index) => index);
    assert.deepEqual(
      group.flat().sort((a, b) => a - b),
      all,
    );
    assert.ok(
      group.every(({ length }) => length > 0),
      'both had work',
    );
    assert.deepEqual(other, all);
    assert.deepEqual(alone, all);
  },
);
