import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_ERR_ERRNO, MOSQ_ERR_INVAL, MOSQ_ERR_SUCCESS, MOSQ_ERR_TIMEOUT } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { rawServerFor } from '../support/raw-server';
import { clientFor, defer, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { socksServerFor } from '../support/socks';
import { type Address, disconnections } from '../support/traffic';
import { SLOW, scaled, until } from '../support/wait';
import { overTls, overWebSockets, type Preparation, through, together } from '../support/ways';
import { gatewayFor } from '../support/websocket-gateway';
import { fullPortFor } from './full-port';
import { wireFor } from './wire';

// A peer that accepts the connection and never answers CONNECT would keep the client connecting for the whole
// keepalive: 18 hours with 65535, for ever with 0. These tests fail when no other limit ends the attempt.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const broker = sharedBroker();

interface Way {
  readonly prepare: Preparation;
  readonly address: Address;
  /** The number of connections so far. */
  attempts(): number;
}

async function silent(t: TestContext, prepare: Preparation = () => undefined): Promise<Way> {
  const server = await rawServerFor(t);
  return { prepare, address: server, attempts: () => server.received().length };
}

const WAYS: Record<string, (t: TestContext) => Promise<Way>> = {
  'TCP, silent': (t) => silent(t),
  'TLS, silent before the handshake': (t) => silent(t, overTls(certificates())),
  'TLS, silent after the handshake': async (t) => {
    const fake = await fakeBrokerFor(t, () => undefined, { tls: certificates().server });
    const wire = await wireFor(t, fake);
    return { prepare: overTls(certificates()), address: wire, attempts: () => wire.connections };
  },
  'SOCKS, a silent proxy': async (t) => {
    const proxy = await rawServerFor(t);
    return { prepare: through(proxy), address: proxy, attempts: () => proxy.received().length };
  },
  'SOCKS, a silent broker': async (t) => silent(t, through(await socksServerFor(t))),
};

const STATIC_WAYS: typeof WAYS = {
  'WebSockets, silent before the upgrade': (t) => silent(t, overWebSockets),
  'WebSockets, silent after the upgrade': async (t) => {
    const server = await rawServerFor(t);
    const address = await gatewayFor(t, server);
    return { prepare: overWebSockets, address, attempts: () => server.received().length };
  },
  'WebSockets, an endless header': async (t) => {
    const server = await rawServerFor(t, (socket) => dribble(t, socket));
    return { prepare: overWebSockets, address: server, attempts: () => server.received().length };
  },
  'WebSockets through SOCKS, a silent broker': async (t) =>
    silent(t, together(overWebSockets, through(await socksServerFor(t)))),
};

/** Sends a byte now and then. The time limit is for the whole attempt, not from the last byte. */
function dribble(t: TestContext, socket: Socket): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\n');
  const timer = setInterval(() => socket.write('x'), 300);
  socket.once('close', () => {
    clearInterval(timer);
  });
  defer(t, () => {
    clearInterval(timer);
  });
}

const ways = Object.entries(build_info().linkage === 'static' ? { ...WAYS, ...STATIC_WAYS } : WAYS);

// Each of these tests depends on the client's clock, so they run in parallel.
describe('connect_timeout_set', { concurrency: true }, () => {
  for (const mode of MODES) {
    for (const [name, make] of ways) {
      test(`no CONNACK ends the attempt, and the next one follows (${name}, ${mode})`, limit, async (t) => {
        const way = await make(t);
        const client = clientFor(t);
        way.prepare(client);
        assert.equal(client.connect_timeout_set(1), MOSQ_ERR_SUCCESS);
        const codes = disconnections(client);
        const log: string[] = [];
        client.on_log = (_mosq, _obj, _level, text) => log.push(text);
        const { host, port } = way.address;
        assert.equal(client.connect(host, port, 0), MOSQ_ERR_SUCCESS);
        const began = performance.now();
        const driven = driveFor(t, client, mode);
        await until(() => codes.length > 0, 'on_disconnect');
        assert.ok(performance.now() - began > 500, 'it was waited for');
        assert.deepEqual(codes, [MOSQ_ERR_TIMEOUT]);
        const sentence = /^Connecting to (.*?)( through the proxy .*)? failed: no CONNACK within 1 s$/;
        assert.equal(sentence.exec(client.last_error)?.[1], `${host}:${port}`);
        assert.ok(log.includes(`${client.last_error}.`), log.join('\n'));
        if (mode === 'loop') {
          await until(() => driven.rc !== 0, 'the code of loop()');
          assert.equal(client.reconnect(), MOSQ_ERR_SUCCESS);
        }
        await until(() => way.attempts() >= 2, 'the next attempt');
        await until(() => codes.length >= 2, 'the end of that');
        assert.ok(
          codes.every((code) => code === MOSQ_ERR_TIMEOUT),
          codes.join(),
        );
      });
    }

    test(`a later attempt may succeed (${mode})`, limit, async (t) => {
      const codes: number[] = [];
      // A busy machine may take longer than the limit to accept or to answer: the broker does not count the attempts.
      const fake = await fakeBrokerFor(t, async (peer) => {
        if (codes.length > 0) await peer.accept();
      });
      const client = clientFor(t);
      client.connect_timeout_set(SLOW);
      const answers: number[] = [];
      client.on_connect = (_mosq, _obj, rc) => answers.push(rc);
      client.on_disconnect = (_mosq, _obj, rc) => {
        codes.push(rc);
        if (mode === 'loop') setImmediate(() => client.reconnect());
      };
      assert.equal(client.connect(fake.host, fake.port, 65535), MOSQ_ERR_SUCCESS);
      driveFor(t, client, mode);
      await until(() => answers.length > 0, 'on_connect');
      assert.deepEqual(answers, [0]);
      assert.ok(codes.length > 0 && codes.every((code) => code === MOSQ_ERR_TIMEOUT), codes.join());
    });

    for (const keepalive of [0, 5, 65535]) {
      test(`30 seconds by default, with a keepalive of ${keepalive} (${mode})`, limit, async (t) => {
        const { address } = await silent(t);
        const client = clientFor(t);
        const codes = disconnections(client);
        const began = performance.now();
        assert.equal(client.connect(address.host, address.port, keepalive), MOSQ_ERR_SUCCESS);
        driveFor(t, client, mode);
        await until(() => codes.length > 0, 'on_disconnect', 50000);
        assert.ok(performance.now() - began > 29900, `${performance.now() - began} ms`);
        assert.deepEqual(codes, [MOSQ_ERR_TIMEOUT]);
      });
    }
  }

  test('a broker may take longer than the keepalive to answer', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      const answer = performance.now() + 7000;
      await until(() => performance.now() > answer, 'the time to answer');
      await peer.accept();
    });
    const client = clientFor(t);
    const codes = disconnections(client);
    let accepted = false;
    client.on_connect = () => {
      accepted = true;
    };
    driveFor(t, client, 'thread');
    assert.equal(client.connect(fake.host, fake.port, 5), MOSQ_ERR_SUCCESS);
    await until(() => accepted, 'on_connect', 30000);
    assert.deepEqual(codes, []);
  });

  test('loop_forever() continues with the next attempt', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      if (fake.peers.length > 1) await peer.accept();
    });
    const client = clientFor(t);
    // The time is long enough for a busy machine to accept the second attempt.
    client.connect_timeout_set(2 * SLOW);
    client.on_connect = () => client.disconnect();
    assert.equal(client.connect(fake.host, fake.port, 0), MOSQ_ERR_SUCCESS);
    assert.equal(await client.loop_forever(), MOSQ_ERR_SUCCESS);
    assert.equal(fake.peers.length, 2);
  });

  test('connect() returns when no address has accepted in time', limit, async (t) => {
    const port = await fullPortFor(t);
    const client = clientFor(t);
    client.connect_timeout_set(1);
    const began = performance.now();
    assert.equal(client.connect('127.0.0.1', port), MOSQ_ERR_ERRNO);
    assert.ok(performance.now() - began < scaled(20000), `${performance.now() - began} ms`);
  });

  test('less than a second is refused', limit, (t) => {
    const client = clientFor(t);
    for (const seconds of [0, -1]) assert.equal(client.connect_timeout_set(seconds), MOSQ_ERR_INVAL);
  });
});

// The reading thread is busy while CONNACK is unread in the socket, which is not the broker's fault.
for (const mode of ['loop', 'event loop'] as const) {
  test(`an attempt survives a busy JavaScript thread (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    client.connect_timeout_set(1);
    const codes = disconnections(client);
    const answers: number[] = [];
    client.on_connect = (_mosq, _obj, rc) => answers.push(rc);
    const driven = driveFor(t, client, mode);
    assert.equal(client.connect(broker().host, broker().port), MOSQ_ERR_SUCCESS);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    // loop_misc() may check the time before the socket is read.
    if (mode === 'loop') assert.equal(client.loop_misc(), MOSQ_ERR_SUCCESS);
    await until(() => answers.length > 0, 'on_connect');
    assert.deepEqual({ codes, answers }, { codes: [], answers: [0] });
    await driven.stop();
  });
}
