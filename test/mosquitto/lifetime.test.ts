// Tests creation, reinitialise() and destroy() of a client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, Mosquitto, MosquittoError } from 'libmosquitto';
import type { Packet } from '../support/packets';
import { readConnect } from '../support/packets';
import { brokerFor, clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

/** Connects the client to a scripted peer and returns its CONNECT packet. */
async function introduction(
  t: test.TestContext,
  client: Mosquitto,
  keepalive?: number,
): Promise<ReturnType<typeof readConnect>> {
  let first: Packet | null = null;
  const broker = await fakeBrokerFor(t, async (peer) => {
    first = await peer.accept();
  });
  driveFor(t, client, 'loop');
  await connectTo(client, broker, keepalive);
  assert.ok(first);
  return readConnect(first);
}

test('the client id, clean session flag and keepalive reach the broker as MQTT 3.1.1', limit, async (t) => {
  const seen = await introduction(t, clientFor(t, 'näme', true), 77);
  assert.deepEqual(seen, {
    protocol: 'MQTT',
    level: 4,
    clean: true,
    keepalive: 77,
    client_id: 'näme',
    will: null,
    username: null,
    password: null,
  });
});

test('clean_session false reaches the broker', limit, async (t) => {
  const seen = await introduction(t, clientFor(t, 'stays', false));
  assert.equal(seen.clean, false);
  assert.equal(seen.keepalive, 60);
});

test(
  'client_id null, empty and left out: each client gets its own id, so that none disconnects another',
  limit,
  async (t) => {
    const broker = await brokerFor(t);
    const clients = [null, '', undefined, null].map((client_id) => clientFor(t, client_id));
    let disconnects = 0;
    for (const client of clients) {
      client.on_disconnect = () => {
        disconnects += 1;
      };
      driveFor(t, client, 'event loop');
      await connectTo(client, broker);
    }
    for (const client of clients) await subscribeTo(client, 'lifetime/still/here');
    assert.equal(disconnects, 0);
  },
);

test('a generated id needs a clean session: the constructor throws', limit, () => {
  for (const client_id of [null, '', undefined]) {
    assert.throws(
      () => new Mosquitto(client_id, false),
      (error) =>
        error instanceof MosquittoError &&
        error instanceof Error &&
        error.name === 'MosquittoError' &&
        error.rc === MOSQ_ERR_INVAL &&
        error.code === 'MOSQ_ERR_INVAL' &&
        error.message.length > 0,
    );
  }
});

test('the constructor cannot be called as a function', limit, () => {
  const plain = Mosquitto as unknown as () => unknown;
  assert.throws(() => plain(), TypeError);
});

test('userdata() returns the obj of any kind, and user_data_set() replaces it', limit, (t) => {
  const values: unknown[] = [undefined, null, 0, 42, '', 'text', true, 10n, Symbol('s'), { a: 1 }, [1], () => 1];
  for (const value of values) {
    const client = clientFor<unknown>(t, null, true, value);
    assert.equal(client.userdata(), value);
    client.user_data_set('other');
    assert.equal(client.userdata(), 'other');
    client.user_data_set(value);
    assert.equal(client.userdata(), value);
  }
});

test('destroy() twice, and the disposal after it, are harmless', limit, () => {
  const client = new Mosquitto();
  client.destroy();
  client.destroy();
  client[Symbol.dispose]();
});

test('[Symbol.dispose] destroys the client', limit, () => {
  const client = new Mosquitto();
  client[Symbol.dispose]();
  assert.throws(() => client.loop(0), MosquittoError);
});

for (const mode of ['loop', 'event loop', 'thread'] as const) {
  test(`destroy() closes the connection at once (${mode})`, limit, async (t) => {
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t, 'gone');
    driveFor(t, client, mode);
    await connectTo(client, broker);
    client.destroy();
    const [peer] = broker.peers;
    assert.ok(peer);
    await peer.closed;
  });

  test(`no callback comes after destroy() (${mode})`, limit, async (t) => {
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t, 'quiet');
    driveFor(t, client, mode);
    await connectTo(client, broker);
    let calls = 0;
    client.on_disconnect = () => {
      calls += 1;
    };
    client.destroy();
    const [peer] = broker.peers;
    assert.ok(peer);
    await peer.closed;
    // The event loop has handled the end of the connection by now, so its callback would have run.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(calls, 0);
  });
}

test('reinitialise() makes a new client: other id, other obj, no callbacks, not connected', limit, async (t) => {
  const client = clientFor<unknown>(t, 'first', true, 'old');
  const broker = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const driven = driveFor(t, client, 'loop');
  await connectTo(client, broker);
  client.on_message = () => undefined;
  client.on_log = () => undefined;
  await driven.stop();

  assert.equal(client.reinitialise('second', false, 'new'), 0);
  assert.equal(client.userdata(), 'new');
  assert.equal(client.on_message, null);
  assert.equal(client.on_log, null);
  assert.equal(client.socket(), -1);
  const [peer] = broker.peers;
  assert.ok(peer);
  await peer.closed;

  const seen = await introduction(t, client as Mosquitto);
  assert.equal(seen.client_id, 'second');
  assert.equal(seen.clean, false);
});

for (const mode of ['event loop', 'thread'] as const) {
  test(`reinitialise() stops a running loop, and the client can be started again (${mode})`, limit, async (t) => {
    const client = clientFor(t, 'first');
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    assert.equal(client.loop_start({ thread: mode === 'thread' }), 0);
    await connectTo(client, broker);
    assert.equal(client.reinitialise('second'), 0);
    const [peer] = broker.peers;
    assert.ok(peer);
    await peer.closed;
    driveFor(t, client, mode);
    await connectTo(client, broker);
    await until(() => broker.peers.length === 2, 'the second connection');
  });
}

test('reinitialise() with a generated id and without a clean session returns MOSQ_ERR_INVAL', limit, (t) => {
  const client = clientFor(t, 'first');
  assert.equal(client.reinitialise(null, false), MOSQ_ERR_INVAL);
});

test('reinitialise() with an id that MQTT forbids is refused, and the client is what it was', limit, async (t) => {
  const client = clientFor(t, 'kept', true, 'obj');
  assert.equal(client.will_set('kept/will', 'x'), 0);
  for (const wrong of ['control \u0001', 'x'.repeat(65536)]) {
    assert.equal(client.reinitialise(wrong), MOSQ_ERR_MALFORMED_UTF8, JSON.stringify(wrong.slice(0, 20)));
    assert.throws(() => new Mosquitto(wrong), { name: 'MosquittoError', rc: MOSQ_ERR_INVAL });
  }
  assert.equal(client.userdata(), 'obj');
  const { client_id, will } = await introduction(t, client);
  assert.equal(client_id, 'kept');
  assert.equal(will?.topic, 'kept/will');
});

test('reinitialise() resets the earlier options: will, user name', limit, async (t) => {
  const client = clientFor(t, 'first');
  assert.equal(client.will_set('will/topic', 'gone'), 0);
  assert.equal(client.username_pw_set('user', 'secret'), 0);
  assert.equal(client.reinitialise('second'), 0);
  const seen = await introduction(t, client);
  assert.equal(seen.will, null);
  assert.equal(seen.username, null);
});
