// Tests that all clients share one network thread. A thread for each client would not scale.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { clientFor, sharedBroker } from '../support/scope';
import { scaled, until } from '../support/wait';
import { threadCount } from './proc';

const broker = sharedBroker();
const CLIENTS = 200;
const PEERS = 10;

test('200 clients share one network thread and lose nothing', { timeout: scaled(60000) }, async (t) => {
  // libuv starts the threads of its pool with their first work, such as a name look-up.
  await stat('/');
  const before = threadCount();

  const received = Array.from({ length: CLIENTS }, () => new Map<string, number>());
  const losses: number[] = [];
  let connected = 0;
  let subscribed = 0;
  let published = 0;
  const clients = received.map((messages, number) => {
    const client = clientFor(t, `c${number}`);
    client.on_connect = (_mosq, _obj, rc) => {
      assert.equal(rc, 0);
      connected += 1;
      client.subscribe(`to/${number}`, 2);
    };
    client.on_subscribe = () => {
      subscribed += 1;
    };
    client.on_publish = () => {
      published += 1;
    };
    client.on_message = (_mosq, _obj, msg) => {
      const text = msg.payload.toString();
      messages.set(text, (messages.get(text) ?? 0) + 1);
    };
    client.on_disconnect = (_mosq, _obj, rc) => {
      losses.push(rc);
    };
    assert.equal(client.loop_start(), 0);
    assert.equal(client.connect_async(broker().host, broker().port), 0);
    return client;
  });
  await until(
    () => subscribed === CLIENTS,
    () => `${connected} on_connect, ${subscribed} on_subscribe`,
  );
  assert.equal(threadCount(), before + 1);

  // Each client publishes to the ten after it, once in each quality of service.
  for (const [number, client] of clients.entries()) {
    for (let step = 1; step <= PEERS; step++) {
      for (const qos of [0, 1, 2] as const) {
        assert.equal(client.publish(`to/${(number + step) % CLIENTS}`, `${number}, QoS ${qos}`, qos), 0);
      }
    }
  }
  const all = CLIENTS * PEERS * 3;
  const arrived = (): number => received.reduce((sum, messages) => sum + messages.size, 0);
  await until(
    () => arrived() === all && published === all,
    () => `${arrived()} of ${all} messages`,
  );
  for (const [number, messages] of received.entries()) {
    for (let step = 1; step <= PEERS; step++) {
      for (const qos of [0, 1, 2]) {
        assert.equal(messages.get(`${(number - step + CLIENTS) % CLIENTS}, QoS ${qos}`), 1);
      }
    }
  }
  assert.deepEqual(losses, []);
  assert.equal(threadCount(), before + 1);
});
