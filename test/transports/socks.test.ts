// Tests connections through a SOCKS5 proxy. A fault would connect directly, or hang at a wrong answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  build_info,
  MOSQ_ERR_ERRNO,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_LOG_WARNING,
  MOSQ_OPT_PROTOCOL_VERSION,
  MQTT_PROTOCOL_V5,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { exchangeTests } from '../support/exchange';
import { rawServerFor } from '../support/raw-server';
import { brokerFor, clientFor, driveFor, refusedPortFor, sharedBroker } from '../support/scope';
import { PROXY_USER, socksServerFor } from '../support/socks';
import { ACCEPTED, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, through, together } from '../support/ways';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();
const { username: USERNAME, password: PASSWORD } = PROXY_USER;

exchangeTests('SOCKS5', async (t) => ({ prepare: through(await socksServerFor(t)), address: broker() }));
exchangeTests('TLS through SOCKS5 with a password', async (t) => ({
  prepare: together(through(await socksServerFor(t, PROXY_USER), USERNAME, PASSWORD), overTls(certificates())),
  address: { host: 'localhost', port: (await tlsBrokerFor(t, certificates())).port },
}));

test('the proxy gets the name, IPv4 or IPv6 address unchanged, and looks names up itself', limit, async (t) => {
  const proxy = await socksServerFor(t);
  const v6 = await brokerFor(t, { host: '::1' });
  for (const [host, port] of [
    ['localhost', broker().port],
    ['127.0.0.1', broker().port],
    ['::1', v6.port],
  ] as const) {
    for (const mode of MODES) assert.deepEqual(await attempt(t, { host, port, mode }, through(proxy)), ACCEPTED);
    await until(
      () => proxy.log().includes(`${host}:${port}`),
      () => `${host} in the proxy's log: ${proxy.log()}`,
    );
  }
});

test('a password that the proxy does not ask for does no harm', limit, async (t) => {
  const proxy = await socksServerFor(t);
  const { host, port } = broker();
  assert.deepEqual(await attempt(t, { host, port }, through(proxy, USERNAME, PASSWORD)), ACCEPTED);
});

test('a wrong password, a wrong name and none at all: disconnected with a code', limit, async (t) => {
  const proxy = await socksServerFor(t, PROXY_USER);
  const { host, port } = broker();
  assert.deepEqual(await attempt(t, { host, port }, through(proxy, USERNAME, PASSWORD)), ACCEPTED);
  const wrong: Array<[username?: string | null, password?: string | null]> = [
    [USERNAME, 'wrong'],
    ['nobody', PASSWORD],
    [USERNAME, ''],
    [USERNAME, null],
    [],
  ];
  for (const [username, password] of wrong) {
    for (const mode of MODES) {
      const outcome = await attempt(t, { host, port, mode }, through(proxy, username, password));
      assert.equal(outcome.rc, 0);
      assert.equal(outcome.connack, null);
      assert.ok((outcome.disconnected ?? 0) > 0);
    }
  }
});

test('a broker that the proxy cannot reach: disconnected with a code, and tried again', limit, async (t) => {
  const proxy = await socksServerFor(t);
  const closed = await refusedPortFor(t);
  for (const mode of ['event loop', 'thread'] as const) {
    const client = clientFor(t);
    through(proxy)(client);
    const codes = disconnections(client);
    assert.equal(client.connect_async('127.0.0.1', closed), 0);
    driveFor(t, client, mode);
    await until(() => codes.length >= 2, 'two attempts');
    for (const rc of codes) assert.notEqual(rc, 0);
  }
});

test('a proxy that is not there: MOSQ_ERR_ERRNO, and the attempts of a loop are logged', limit, async (t) => {
  const closed = await refusedPortFor(t);
  const client = clientFor(t);
  assert.equal(client.socks5_set('127.0.0.1', closed), 0);
  const warnings: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_WARNING) warnings.push(text);
  };
  assert.equal(client.connect(broker().host, broker().port), MOSQ_ERR_ERRNO);
  driveFor(t, client, 'thread');
  await until(() => warnings.length >= 2, 'two failed attempts');
});

test('after the proxy has gone and come back the client is connected again', limit, async (t) => {
  const proxy = await socksServerFor(t);
  const client = clientFor(t);
  through(proxy)(client);
  let connections = 0;
  let disconnections = 0;
  client.on_connect = () => {
    connections += 1;
  };
  client.on_disconnect = () => {
    disconnections += 1;
  };
  assert.equal(client.connect_async(broker().host, broker().port), 0);
  driveFor(t, client, 'event loop');
  await until(() => connections === 1, 'the first connection');
  await proxy.stop();
  await until(() => disconnections === 1, 'on_disconnect');
  await proxy.start();
  await until(() => connections === 2, 'the second connection');
});

test('with a proxy nothing goes to the broker directly', limit, async (t) => {
  const server = await rawServerFor(t);
  const client = clientFor(t);
  assert.equal(client.socks5_set('127.0.0.1', await refusedPortFor(t)), 0);
  assert.equal(client.connect_async(server.host, server.port), 0);
  const warnings: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_WARNING) warnings.push(text);
  };
  driveFor(t, client, 'thread');
  await until(() => warnings.length > 0, 'a failed attempt');
  assert.deepEqual(server.received(), []);
});

test('values that SOCKS cannot carry are MOSQ_ERR_INVAL; wrong types are a TypeError', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.socks5_set('x'.repeat(300)), MOSQ_ERR_INVAL);
  for (const port of [0, -1, 65536]) assert.equal(client.socks5_set('127.0.0.1', port), MOSQ_ERR_INVAL);
  assert.equal(client.socks5_set('127.0.0.1', 1080, 'x'.repeat(256)), MOSQ_ERR_INVAL);
  assert.equal(client.socks5_set('127.0.0.1', 1080, 'x', 'x'.repeat(256)), MOSQ_ERR_INVAL);
  const set = client.socks5_set.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => set(null), { name: 'TypeError', message: /argument 1 \(host\)/ });
  assert.throws(() => set('127.0.0.1', '1080'), { name: 'TypeError', message: /argument 2 \(port\)/ });
  assert.throws(() => set('127.0.0.1', 1080, 5), { name: 'TypeError', message: /argument 3 \(username\)/ });
  assert.throws(() => set('127.0.0.1', 1080, 'x', 5), { name: 'TypeError', message: /argument 4 \(password\)/ });
});

// Proxies that break the rules. Version 2.0 follows a null pointer when a proxy asks for a password and there is none.
const answers: Record<string, number[][]> = {
  'another version of SOCKS': [[4, 0]],
  'no method that suits': [[5, 255]],
  'an unknown method': [[5, 77]],
  'a reply of another kind': [
    [5, 0],
    [5, 0, 0, 9, 0, 0],
  ],
  'a failure of every kind': [
    [5, 0],
    [5, 1, 0, 1, 0, 0, 0, 0, 0, 0],
  ],
  'a password that was not offered': [[5, 2]],
};
for (const [name, replies] of Object.entries(answers)) {
  test(`a proxy that answers with ${name}: a code and a disconnection`, limit, async (t) => {
    for (const mode of MODES) {
      const proxy = await rawServerFor(t, (socket) => {
        let at = 0;
        socket.on('data', () => {
          const reply = replies[at];
          at += 1;
          if (reply === undefined) socket.end();
          else socket.write(Buffer.from(reply));
        });
      });
      const client = clientFor(t);
      assert.equal(client.socks5_set(proxy.host, proxy.port), 0);
      const codes = disconnections(client);
      assert.equal(client.connect(broker().host, broker().port), 0);
      const driven = driveFor(t, client, mode);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.notEqual(codes[0], 0);
      await driven.stop();
    }
  });
}

test('MQTT 5: the properties of connect() go through the proxy as well', limit, async (t) => {
  const proxy = await socksServerFor(t);
  const server = await rawServerFor(t);
  const client = clientFor(t);
  through(proxy)(client);
  assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
  const properties = { 'user-property': [['carried', 'along']] as Array<[string, string]> };
  const rc = client.connect(server.host, server.port, 60, null, properties);
  if (build_info().linkage === 'system') {
    // Version 2.0 would omit them.
    assert.equal(rc, MOSQ_ERR_NOT_SUPPORTED);
    return;
  }
  assert.equal(rc, 0);
  driveFor(t, client, 'event loop');
  await until(() => server.received()[0]?.includes('MQTT') ?? false, 'CONNECT');
  assert.ok(server.received()[0]?.includes('carried'));
});

test('a first reply of the proxy that comes byte by byte', limit, async (t) => {
  const answers = [
    { bytes: [5, 0], goes_on: true },
    { bytes: [5, 2], goes_on: false },
  ];
  for (const mode of MODES) {
    for (const { bytes, goes_on } of answers) {
      const proxy = await rawServerFor(t, (socket) => {
        socket.setNoDelay();
        socket.once('data', async () => {
          // The client has nothing to offer, so any answer is wrong.
          if (!goes_on) socket.once('data', () => socket.end());
          for (const byte of bytes) {
            socket.write(Buffer.from([byte]));
            await sleep(20);
          }
        });
      });
      const client = clientFor(t);
      assert.equal(client.socks5_set(proxy.host, proxy.port), 0);
      const codes = disconnections(client);
      assert.equal(client.connect(broker().host, broker().port), 0);
      const driven = driveFor(t, client, mode);
      // The greeting is three bytes, or four; the request behind it is longer.
      if (goes_on) await until(() => (proxy.received()[0]?.length ?? 0) > 4, 'the request');
      else await until(() => codes.length > 0, 'on_disconnect');
      await driven.stop();
      client.destroy();
    }
  }
});

test('a client that went through a proxy goes directly after reinitialise()', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.socks5_set('127.0.0.1', await refusedPortFor(t)), 0);
  assert.equal(client.reinitialise(), 0);
  driveFor(t, client, 'loop');
  await connectTo(client, broker());
});
