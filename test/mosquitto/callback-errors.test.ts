// Tests exceptions of callbacks. A fault would hide the exception, or drop the events after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mosquitto, MosquittoError } from 'libmosquitto';
import { acceptedFor } from '../support/accepted';
import { runChild } from '../support/child';
import { connack, publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

/** Calls loop() until `done`, and returns the errors that it threw. */
async function loopUntil(client: Mosquitto, done: () => boolean, what: string): Promise<unknown[]> {
  const thrown: unknown[] = [];
  await until(() => {
    try {
      client.loop(10, 100);
    } catch (error) {
      thrown.push(error);
    }
    return done();
  }, what);
  return thrown;
}

test('loop() throws the error of on_message unchanged, and delivers the messages after it', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.next();
    // One write sends them, so they are in one batch.
    peer.send(connack(0), ...['0', '1', '2', '3', '4'].map((payload) => publish('t', payload)));
  });
  const client = clientFor(t);
  const error = new Error('thrown in on_message');
  const seen: string[] = [];
  client.on_message = (_mosq, _obj, { payload }) => {
    seen.push(String(payload));
    if (String(payload) === '1') throw error;
  };
  assert.equal(client.connect(fake.host, fake.port), 0);
  const thrown = await loopUntil(client, () => seen.length === 5, 'five messages');
  assert.deepEqual(thrown, [error]);
  assert.equal(thrown[0], error);
  assert.deepEqual(seen, ['0', '1', '2', '3', '4']);
  assert.equal(client.loop(0), 0, 'and the connection lives on');
});

test('loop() throws all exceptions when several callbacks throw', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.next();
    peer.send(connack(0), ...['0', '1', '2'].map((payload) => publish('t', payload)));
  });
  const client = clientFor(t);
  const seen: string[] = [];
  client.on_message = (_mosq, _obj, { payload }) => {
    seen.push(String(payload));
    throw new Error(String(payload));
  };
  assert.equal(client.connect(fake.host, fake.port), 0);
  const thrown = await loopUntil(client, () => seen.length === 3, 'three messages');
  const flat = thrown.flatMap((error) => (error instanceof AggregateError ? (error.errors as unknown[]) : [error]));
  assert.deepEqual(
    flat.map((error) => (error as Error).message),
    ['0', '1', '2'],
  );
});

test('loop() throws the errors of the other callbacks too, and values that are no Error', limit, async (t) => {
  for (const value of [new Error('an error'), 'text', undefined, null, 0]) {
    for (const name of ['on_connect', 'on_subscribe', 'on_publish', 'on_unsubscribe', 'on_log'] as const) {
      const client = clientFor(t);
      const driven = driveFor(t, client, 'loop');
      if (name !== 'on_connect') await connectTo(client, broker());
      await driven.stop();
      let thrown = false;
      client[name] = () => {
        client[name] = null;
        thrown = true;
        throw value;
      };
      if (name === 'on_connect') client.connect(broker().host, broker().port);
      if (name === 'on_subscribe') client.subscribe('t', 0);
      if (name === 'on_unsubscribe') client.unsubscribe('t');
      if (name === 'on_publish' || name === 'on_log') client.publish('t', 'x', 1);
      assert.deepEqual(await loopUntil(client, () => thrown, name), [value], name);
    }
  }
});

test('loop() throws the error of on_disconnect in the call in which the connection ended', limit, async (t) => {
  const { client, driven, peer } = await acceptedFor(t, 'loop');
  await driven.stop();
  const error = new Error('thrown in on_disconnect');
  let thrown = false;
  client.on_disconnect = () => {
    thrown = true;
    throw error;
  };
  peer.destroy();
  assert.deepEqual(await loopUntil(client, () => thrown, 'on_disconnect'), [error]);
});

test('a callback that destroys its client and then throws: loop() throws it', limit, async (t) => {
  const client = clientFor(t);
  const error = new Error('thrown after destroy()');
  client.on_connect = () => {
    client.destroy();
    throw error;
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  await until(() => {
    try {
      client.loop(10);
    } catch (thrown) {
      assert.equal(thrown, error);
      return true;
    }
    return false;
  }, 'the exception');
  assert.throws(() => client.loop(0), MosquittoError);
});

for (const mode of ['event loop', 'thread'] as const) {
  test(
    `what a callback throws is an uncaughtException, and the messages after it are delivered (${mode})`,
    limit,
    async () => {
      const child = await runChild('mosquitto-throws', {
        args: [broker().host, String(broker().port), mode, 'listen'],
      });
      assert.equal(child.stderr, '');
      assert.equal(child.code, 0);
      assert.deepEqual(JSON.parse(child.stdout), {
        messages: ['0', '1', '2', '3', '4'],
        errors: ['uncaughtException: on_connect', 'uncaughtException: message 1', 'uncaughtException: message 3'],
        disconnects: [0],
      });
    },
  );

  test(`an error without a listener ends the process with code 1 and its stack (${mode})`, limit, async () => {
    const child = await runChild('mosquitto-throws', { args: [broker().host, String(broker().port), mode, 'deaf'] });
    assert.equal(child.code, 1);
    assert.equal(child.signal, null);
    assert.match(child.stderr, /Error: on_connect\n {4}at .*mosquitto-throws/);
  });
}
