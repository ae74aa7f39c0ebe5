// Tests subscribe() and unsubscribe(): packets, confirmations, wildcards and QoS.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/drive';
import { ack, readMid, SUBSCRIBE, suback, UNSUBACK, UNSUBSCRIBE } from '../support/packets';
import { int16 } from '../support/properties5';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo, unsubscribeFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

for (const mode of MODES) {
  test(`subscribe() is confirmed with its message id and the granted QoS (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    for (const qos of [0, 1, 2] as const) assert.deepEqual(await subscribeTo(client, `subscribe/${qos}`, qos), [qos]);
  });

  test(`unsubscribe() is confirmed with its message id, and stops the messages (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    await subscribeTo(client, 'unsubscribe/this', 1);
    await subscribeTo(client, 'unsubscribe/marker', 1);
    const messages = collect(client);
    assert.equal(client.publish('unsubscribe/this', 'before', 1), 0);
    await until(() => messages.length === 1, 'the message before');
    await unsubscribeFrom(client, 'unsubscribe/this');
    assert.equal(client.publish('unsubscribe/this', 'after', 1), 0);
    assert.equal(client.publish('unsubscribe/marker', 'marker', 1), 0);
    await until(() => messages.length === 2, 'the marker');
    assert.deepEqual(
      messages.map(({ payload }) => String(payload)),
      ['before', 'marker'],
    );
  });
}

test("a subscription's QoS limits the QoS of its messages", limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'subscribe/most', 1);
  const messages = collect(client);
  for (const qos of [0, 1, 2] as const) assert.equal(client.publish('subscribe/most', 'x', qos), 0);
  await until(() => messages.length === 3, 'three messages');
  assert.deepEqual(messages.map(({ qos }) => qos).sort(), [0, 1, 1]);
});

test('wildcards + and # bring the messages of every topic that matches, and no other', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'wild/+/one', 1);
  await subscribeTo(client, 'wild/deep/#', 1);
  const messages = collect(client);
  const topics = [
    'wild/a/one',
    'wild/b/one',
    'wild/a/two',
    'wild/deep',
    'wild/deep/x/y/z',
    'wild',
    'wild/a/b/one',
    'wild/last/one',
  ];
  for (const topic of topics) assert.equal(client.publish(topic, 'x', 1), 0);
  await until(() => messages.some(({ topic }) => topic === 'wild/last/one'), 'the last message');
  assert.deepEqual(
    messages.map(({ topic }) => topic),
    ['wild/a/one', 'wild/b/one', 'wild/deep', 'wild/deep/x/y/z', 'wild/last/one'],
  );
});

test('a filter beyond ASCII', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'größe/+/🙂');
  const messages = collect(client);
  assert.equal(client.publish('größe/1/🙂', 'x'), 0);
  await until(() => messages.length === 1, 'the message');
  assert.equal(messages[0]?.topic, 'größe/1/🙂');
});

test('a refused subscription: on_subscribe has 128 in its list', limit, async (t) => {
  const answers = [[128], [2]];
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    for (const codes of answers) peer.send(suback(readMid(await peer.nextOf(SUBSCRIBE)), codes));
  });
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  for (const codes of answers) assert.deepEqual(await subscribeTo(client, 'refused', 2), codes);
});

test('SUBSCRIBE has one filter with its QoS, and its message id is last_mid', limit, async (t) => {
  const bodies: Buffer[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    const subscribed = await peer.nextOf(SUBSCRIBE);
    peer.send(suback(readMid(subscribed), [2]));
    const unsubscribed = await peer.nextOf(UNSUBSCRIBE);
    peer.send(ack(UNSUBACK, readMid(unsubscribed)));
    bodies.push(subscribed.body, unsubscribed.body);
  });
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  await subscribeTo(client, 'a/b', 2);
  const first = client.last_mid;
  await unsubscribeFrom(client, 'a/b');
  const second = client.last_mid;
  assert.notEqual(first, second);
  assert.deepEqual(bodies, [
    Buffer.from([...int16(first), 0, 3, 97, 47, 98, 2]),
    Buffer.from([...int16(second), 0, 3, 97, 47, 98]),
  ]);
});
