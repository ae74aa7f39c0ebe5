import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import {
  MOSQ_ERR_INVAL,
  MOSQ_ERR_TLS,
  MOSQ_LOG_ERR,
  MOSQ_OPT_TLS_ALPN,
  MOSQ_OPT_TLS_OCSP_REQUIRED,
  MOSQ_OPT_TLS_USE_OS_CERTS,
  type Mosquitto,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { rawServerFor } from '../support/raw-server';
import { brokerFor, clientFor, driveFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// A client with TLS settings must not send a single byte in plain TCP, whatever is missing.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** TLS settings that leave nothing to verify the broker with. */
const incomplete: Record<string, (client: Mosquitto) => void> = {
  'tls_insecure_set(true) alone': (client) => assert.equal(client.tls_insecure_set(true), 0),
  'tls_opts_set(1) alone': (client) => assert.equal(client.tls_opts_set(1), 0),
  'tls_opts_set(0) alone': (client) => assert.equal(client.tls_opts_set(0, 'tlsv1.2', null), 0),
  'ALPN alone': (client) => assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, 'mqtt'), 0),
  'OCSP alone': (client) => assert.equal(client.int_option(MOSQ_OPT_TLS_OCSP_REQUIRED, 1), 0),
  'OS certificates taken back': (client) => {
    assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 1), 0);
    assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 0), 0);
  },
  'a CA file that is not there': (client) => assert.equal(client.tls_set('/nonexistent/ca.crt'), MOSQ_ERR_INVAL),
  'no CA at all': (client) => assert.equal(client.tls_set(), MOSQ_ERR_INVAL),
  'half a pair': (client) => assert.equal(client.tls_set(null, null, certificates().client.cert), MOSQ_ERR_INVAL),
  'a key that is not hexadecimal': (client) => assert.equal(client.tls_psk_set('secret', 'me'), MOSQ_ERR_INVAL),
};

for (const [name, prepare] of Object.entries(incomplete)) {
  test(`${name}: connecting in any way returns MOSQ_ERR_TLS and logs why`, limit, async (t) => {
    const server = await rawServerFor(t);
    for (const method of ['connect', 'connect_async'] as const) {
      const client = clientFor(t);
      const errors: string[] = [];
      client.on_log = (_mosq, _obj, level, text) => {
        if (level === MOSQ_LOG_ERR) errors.push(text);
      };
      prepare(client);
      client.username_pw_set('user', 'secret');
      assert.equal(client[method](server.host, server.port), MOSQ_ERR_TLS);
      assert.equal(client.socket(), -1);
      driveFor(t, client, 'event loop');
      await until(() => errors.some((text) => text.startsWith('TLS: ')), 'the reason in the log');
      assert.equal(client[method](server.host, server.port), MOSQ_ERR_TLS);
      assert.equal(client.connect_srv('things.test'), MOSQ_ERR_TLS);
    }
    assert.deepEqual(server.received(), []);
  });
}

test('tls_set() that fails after one that worked does not open the way to plain TCP', limit, async (t) => {
  const { ca, client: pair } = certificates();
  const server = await rawServerFor(t);
  const failing: Array<(client: Mosquitto) => number> = [
    (client) => client.tls_set('/nonexistent/ca.crt'),
    (client) => client.tls_set(ca.cert, null, '/nonexistent/client.crt', pair.key),
    (client) => client.tls_set(ca.cert, null, pair.cert, '/nonexistent/client.key'),
    (client) => client.tls_set(),
  ];
  for (const fail of failing) {
    const client = clientFor(t);
    assert.equal(client.tls_set(ca.cert), 0);
    assert.equal(fail(client), MOSQ_ERR_INVAL);
    const rc = client.connect(server.host, server.port);
    assert.ok(rc === MOSQ_ERR_TLS || rc === 0, `connect() returned ${rc}`);
    driveFor(t, client, 'event loop');
    if (rc === 0) await until(() => (server.received().at(-1)?.length ?? 0) > 0, 'the first bytes');
  }
  for (const bytes of server.received()) assertClientHello(bytes);
});

/** The first record of TLS: a handshake, and in it a ClientHello. */
function assertClientHello(bytes: Buffer): void {
  if (bytes.length === 0) return;
  assert.equal(bytes[0], 0x16, bytes.toString('latin1'));
  assert.equal(bytes[1], 3);
  if (bytes.length > 5) assert.equal(bytes[5], 1);
}

const complete: Record<string, (client: Mosquitto) => number> = {
  'a CA file': (client) => client.tls_set(certificates().ca.cert),
  'a CA folder': (client) => client.tls_set(null, certificates().caFolder),
  'a pre-shared key': (client) => client.tls_psk_set('00ff', 'me'),
  'OS certificates': (client) => client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 1),
};

for (const [name, prepare] of Object.entries(complete)) {
  test(`${name}: the first bytes of every connection are a ClientHello`, limit, async (t) => {
    for (const mode of MODES) {
      const server = await rawServerFor(t);
      const client = clientFor(t);
      assert.equal(prepare(client), 0);
      client.username_pw_set('user', 'very secret');
      client.reconnect_delay_set(1);
      assert.equal(client.connect(server.host, server.port), 0);
      const driven = driveFor(t, client, mode);
      const heard = (count: number) => () => server.received().filter((bytes) => bytes.length > 5).length >= count;
      await until(heard(1), 'the first bytes');
      server.hangUp();
      await until(() => {
        if (mode === 'loop' && client.socket() === -1) client.reconnect();
        return heard(2)();
      }, 'the first bytes of the second connection');
      await driven.stop();
      for (const bytes of server.received()) {
        assertClientHello(bytes);
        assert.ok(!bytes.includes('secret') && !bytes.includes('MQTT'));
      }
    }
  });
}

test('a CA file that vanishes between two connections does not open the way to plain TCP', limit, async (t) => {
  const file = `${certificates().dir}/vanishing.crt`;
  copyFileSync(certificates().ca.cert, file);
  const server = await rawServerFor(t);
  const client = clientFor(t);
  assert.equal(client.tls_set(file), 0);
  rmSync(file);
  const rc = client.connect(server.host, server.port);
  assert.ok(rc === MOSQ_ERR_TLS || rc === 0, `connect() returned ${rc}`);
  driveFor(t, client, 'event loop');
  if (rc === 0) await until(() => (server.received()[0]?.length ?? 0) > 0, 'the first bytes');
  for (const bytes of server.received()) assertClientHello(bytes);
});

test('reinitialise() forgets that TLS was asked for', limit, async (t) => {
  const broker = await brokerFor(t);
  const client = clientFor(t);
  assert.equal(client.tls_insecure_set(true), 0);
  assert.equal(client.connect(broker.host, broker.port), MOSQ_ERR_TLS);
  assert.equal(client.reinitialise(), 0);
  driveFor(t, client, 'loop');
  await connectTo(client, broker);
});
