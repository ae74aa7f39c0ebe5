// Tests connect() and connect_async(): addresses, return codes, errors of the system, and changes of the broker.
import assert from 'node:assert/strict';
import { constants, networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import {
  MOSQ_ERR_EAI,
  MOSQ_ERR_ERRNO,
  MOSQ_LOG_WARNING,
  type Mosquitto,
  subscribe_callback,
  subscribe_simple,
} from 'libmosquitto';
import { brokerFor, clientFor, driveFor, fakeBrokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnectFrom, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const { ECONNREFUSED } = constants.errno;

/** Calls loop() until the connection is closed, and returns loop()'s code. */
async function loopUntilFailure(client: Mosquitto): Promise<number> {
  let rc = 0;
  await until(() => {
    rc = client.loop(0);
    return rc !== 0;
  }, 'loop() to fail');
  return rc;
}

test('connect() returns 0 with an open socket, and on_connect follows inside loop()', limit, async (t) => {
  const client = clientFor(t);
  const codes: number[] = [];
  client.on_connect = (_mosq, _obj, rc) => {
    codes.push(rc);
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  assert.ok(client.socket() >= 0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(codes, [], 'never outside of loop()');
  await until(() => {
    assert.equal(client.loop(10), 0);
    return codes.length > 0;
  }, 'on_connect');
  assert.deepEqual(codes, [0]);
});

test(
  'connect() to a port that nobody listens on returns MOSQ_ERR_ERRNO, and last_errno is ECONNREFUSED',
  limit,
  async (t) => {
    const client = clientFor(t);
    const port = await refusedPortFor(t);
    assert.equal(client.connect('127.0.0.1', port), MOSQ_ERR_ERRNO);
    assert.equal(client.last_errno, ECONNREFUSED);
    assert.equal(client.socket(), -1);
  },
);

test("connect() to an unknown host returns MOSQ_ERR_EAI, and last_errno is the resolver's code", limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.connect('nosuchhost.invalid', 1883), MOSQ_ERR_EAI);
  assert.notEqual(client.last_errno, 0);
  assert.notEqual(client.last_errno, ECONNREFUSED);
  assert.equal(client.socket(), -1);
});

test('a client whose connect() failed can connect() elsewhere', limit, async (t) => {
  const client = clientFor(t);
  assert.notEqual(client.connect('127.0.0.1', await refusedPortFor(t)), 0);
  assert.notEqual(client.connect('nosuchhost.invalid', 1883), 0);
  driveFor(t, client, 'loop');
  await connectTo(client, broker());
});

test('connect() to localhost works when only 127.0.0.1 listens', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'loop');
  await connectTo(client, { host: 'localhost', port: broker().port });
});

test('connect() reaches a broker on ::1; without IPv6 it returns an error', limit, async (t) => {
  const client = clientFor(t);
  const available = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
  if (!available) {
    assert.notEqual(client.connect('::1', broker().port), 0);
    return;
  }
  const v6 = await brokerFor(t, { host: '::1' });
  driveFor(t, client, 'loop');
  await connectTo(client, v6);
});

test('bind_address is the local address of the connection', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  for (const [index, address] of ['127.0.0.1', '127.0.0.2'].entries()) {
    for (const method of ['connect', 'connect_async'] as const) {
      const client = clientFor(t);
      assert.equal(client[method](fake.host, fake.port, 60, address), 0);
      driveFor(t, client, 'loop');
      const position = index * 2 + (method === 'connect' ? 0 : 1);
      await until(() => fake.peers.length > position, 'the connection');
      assert.equal(fake.peers[position]?.remoteAddress, address);
    }
  }
});

test('bind_address that is not of this machine makes connect() return an error', limit, (t) => {
  const client = clientFor(t);
  assert.notEqual(client.connect(broker().host, broker().port, 60, '203.0.113.1'), 0);
  assert.equal(client.socket(), -1);
});

test('a peer that accepts and never answers: connect() returns, and loop() returns in its time', limit, async (t) => {
  const silent = await fakeBrokerFor(t, () => undefined);
  const client = clientFor(t);
  assert.equal(client.connect(silent.host, silent.port), 0);
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    assert.equal(client.loop(100), 0);
    assert.ok(performance.now() - began < scaled(1000), `took ${performance.now() - began} ms`);
  }
});

test('connect_async() then loop() until on_connect', limit, async (t) => {
  const client = clientFor(t);
  const codes: number[] = [];
  client.on_connect = (_mosq, _obj, rc) => {
    codes.push(rc);
  };
  assert.equal(client.connect_async(broker().host, broker().port), 0);
  await until(() => {
    assert.equal(client.loop(10), 0);
    return codes.length > 0;
  }, 'on_connect');
  assert.deepEqual(codes, [0]);
  assert.ok(client.socket() >= 0);
});

test('connect_async() to a port that nobody listens on: loop() returns the failure', limit, async (t) => {
  const client = clientFor(t);
  const port = await refusedPortFor(t);
  if (client.connect_async('127.0.0.1', port) === 0) assert.notEqual(await loopUntilFailure(client), 0);
  assert.equal(client.socket(), -1);
});

test(
  'connect_async() with an unknown host does not block, and each failed attempt is logged as a warning',
  limit,
  async (t) => {
    const client = clientFor(t);
    const warnings: string[] = [];
    client.on_log = (_mosq, _obj, level, text) => {
      if (level === MOSQ_LOG_WARNING) warnings.push(text);
    };
    assert.equal(client.connect_async('nosuchhost.invalid', 1234), 0);
    driveFor(t, client, 'thread');
    await until(() => warnings.length >= 2, 'two failed attempts in the log');
    for (const text of warnings) {
      assert.match(text, /nosuchhost\.invalid/);
      assert.match(text, /1234/);
    }
  },
);

test('the failed attempts of a loop are logged with host, port and reason', limit, async (t) => {
  for (const mode of ['event loop', 'thread'] as const) {
    const client = clientFor(t);
    const port = await refusedPortFor(t);
    const warnings: string[] = [];
    client.on_log = (_mosq, _obj, level, text) => {
      if (level === MOSQ_LOG_WARNING) warnings.push(text);
    };
    assert.equal(client.connect_async('127.0.0.1', port), 0);
    driveFor(t, client, mode);
    await until(() => warnings.length > 0, 'a failed attempt in the log');
    assert.match(warnings[0] ?? '', new RegExp(`127\\.0\\.0\\.1.*${port}.*refused`, 'i'));
  }
});

test('connect() while connected moves the client to the other broker', limit, async (t) => {
  const first = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const client = clientFor(t);
  driveFor(t, client, 'loop');
  await connectTo(client, first);
  await connectTo(client, broker());
  assert.ok(first.peers[0]);
  await first.peers[0].closed;
  const messages = collect(client);
  await subscribeTo(client, 'connect/moved');
  assert.equal(client.publish('connect/moved', 'x'), 0);
  await until(() => messages.length === 1, 'the message');
});

for (const mode of ['loop', 'event loop', 'thread'] as const) {
  test(`connect, disconnect and connect again, three times (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    for (let round = 0; round < 3; round++) {
      await connectTo(client, broker());
      assert.equal(await disconnectFrom(client), 0);
      assert.equal(client.socket(), -1);
    }
  });
}

describe('a URL in the place of a host name', () => {
  // MQTT.js accepts a URL, so many programs pass one. The name look-up would fail without the reason.
  for (const url of ['mqtt://broker.example', 'mqtts://broker.example:8883', 'ws://h/mqtt', 'HTTP://h']) {
    test(`is a TypeError that says so: ${url}`, (t) => {
      const client = clientFor(t);
      const error = {
        name: 'TypeError',
        message: `argument 1 (hostname) must be a host name, not a URL, got '${url}'`,
      };
      assert.throws(() => client.connect(url), error);
      assert.throws(() => client.connect_async(url), error);
      assert.throws(() => client.connect_srv(url), error);
      const proxy = { name: 'TypeError', message: `argument 1 (host) must be a host name, not a URL, got '${url}'` };
      assert.throws(() => client.socks5_set(url), proxy);
    });
  }

  test('is one for the helpers too', async () => {
    await assert.rejects(subscribe_simple('t', { hostname: 'mqtt://h' }), { name: 'TypeError', message: /not a URL/ });
    await assert.rejects(
      subscribe_callback(() => true, 't', { hostname: 'mqtt://h' }),
      { name: 'TypeError' },
    );
  });
});
