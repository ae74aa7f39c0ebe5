import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto, MosquittoMessage } from 'libmosquitto';
import { spawnChild } from '../support/child';
import { readConnect } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnectFrom, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

async function watcher(t: test.TestContext, filter: string): Promise<MosquittoMessage[]> {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  const messages = collect(client);
  await subscribeTo(client, filter, 2);
  return messages;
}

/** The will in the CONNECT packet of a client with this one set up. */
async function announced(t: test.TestContext, client: Mosquitto): Promise<ReturnType<typeof readConnect>['will']> {
  let will: ReturnType<typeof readConnect>['will'] = null;
  const fake = await fakeBrokerFor(t, async (peer) => {
    will = readConnect(await peer.accept()).will;
  });
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  return will;
}

for (const mode of ['loop', 'event loop', 'thread'] as const) {
  test(`a child killed by SIGKILL leaves its will: topic, bytes, QoS and retain (${mode})`, limit, async (t) => {
    const topic = `will/killed/${mode}`;
    const messages = await watcher(t, topic);
    const child = spawnChild('mosquitto-will', { args: [broker().host, String(broker().port), mode, topic] });
    await child.line(/^connected$/);
    child.kill('SIGKILL');
    assert.equal((await child.done).signal, 'SIGKILL');
    await until(() => messages.length === 1, 'the will');
    assert.equal(messages[0]?.topic, topic);
    assert.deepEqual(messages[0].payload, Buffer.from([0, 255, 7]));
    assert.equal(messages[0].qos, 2);
    assert.equal(messages[0].retain, false);
    const late = await watcher(t, topic);
    await until(() => late.length === 1, 'the retained will');
    assert.equal(late[0]?.retain, true);
  });
}

test('disconnect() leaves no will', limit, async (t) => {
  const messages = await watcher(t, 'will/clean/#');
  const client = clientFor(t);
  assert.equal(client.will_set('will/clean/will', 'must not come', 1), 0);
  driveFor(t, client, 'thread');
  await connectTo(client, broker());
  assert.equal(await disconnectFrom(client), 0);
  // A second connection's message, after the broker has seen the first one end.
  assert.equal(client.will_clear(), 0);
  await connectTo(client, broker());
  assert.equal(client.publish('will/clean/marker', 'marker', 1), 0);
  await until(() => messages.length > 0, 'the marker');
  assert.deepEqual(
    messages.map(({ topic }) => topic),
    ['will/clean/marker'],
  );
});

test('destroy() without disconnect() leaves the will', limit, async (t) => {
  const messages = await watcher(t, 'will/destroyed');
  const client = clientFor(t);
  assert.equal(client.will_set('will/destroyed', 'gone', 1), 0);
  driveFor(t, client, 'thread');
  await connectTo(client, broker());
  client.destroy();
  await until(() => messages.length === 1, 'the will');
  assert.equal(String(messages[0]?.payload), 'gone');
});

test('will_clear() takes the will off', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.will_set('will/cleared', 'x', 1, true), 0);
  assert.equal(client.will_clear(), 0);
  assert.equal(await announced(t, client), null);
});

test('without will_set() there is no will', limit, async (t) => {
  assert.equal(await announced(t, clientFor(t)), null);
});

test('the newest will_set() counts, with the bytes that its payload had at the call', limit, async (t) => {
  const client = clientFor(t);
  const payload = new Uint16Array([0x0101, 0x0202]);
  assert.equal(client.will_set('will/first', 'first', 1, true), 0);
  assert.equal(client.will_set('will/säcond', payload, 2, false), 0);
  payload.fill(0);
  assert.deepEqual(await announced(t, client), {
    topic: 'will/säcond',
    payload: Buffer.from([1, 1, 2, 2]),
    qos: 2,
    retain: false,
  });
});

test('a will of payload null is a zero-length message', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.will_set('will/null'), 0);
  assert.deepEqual(await announced(t, client), { topic: 'will/null', payload: Buffer.alloc(0), qos: 0, retain: false });
});
