import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { opensslServerFor } from '../support/openssl-server';
import { rawServerFor } from '../support/raw-server';
import { clientFor, driveFor } from '../support/scope';
import { ACCEPTED, attempt, attemptWith } from '../support/tls-attempt';
import { sharedPskBroker, tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

// Tests that insecure cipher lists are refused. With cipher suites without authentication any server is accepted,
// without a certificate and without the key. Suites without encryption show user name and password to everybody on the
// network. OpenSSL's security level 0 allows both.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const KEY = '0123456789abcdef';
const REASON = /the cipher list allows suites without authentication or without encryption/;
const psk = sharedPskBroker({ identity: 'sensor', psk: KEY });

const ANONYMOUS = [
  'ALL:@SECLEVEL=0',
  'HIGH:@SECLEVEL=0',
  '@SECLEVEL=0:aNULL',
  'HIGH:-aNULL:AECDH-AES128-SHA:@SECLEVEL=0',
  'ADH-AES128-GCM-SHA256:@SECLEVEL=0',
  'PSK:AECDH:@SECLEVEL=0',
  // The default level does not allow them, and these lists have nothing else.
  'aNULL',
  'ADH',
  'AECDH',
];
const PLAIN = ['eNULL:@SECLEVEL=0', 'HIGH:!aNULL:NULL-SHA256:@SECLEVEL=0', 'PSK-NULL-SHA256:@SECLEVEL=0', 'eNULL'];

function trust(client: Mosquitto): number {
  return client.tls_set(certificates().ca.cert);
}

/** Every order in which a client enables verification and sets such a list. */
const ORDERS: Record<string, (client: Mosquitto, list: string) => number> = {
  'the CA first': (client, list) => trust(client) || client.tls_opts_set(1, null, list),
  'the list first': (client, list) => client.tls_opts_set(1, 'tlsv1.2', list) || trust(client),
  'verification switched on last': (client, list) =>
    trust(client) || client.tls_opts_set(0, null, list) || client.tls_opts_set(1, null, list),
  'a key with the list beside the CA': (client, list) => trust(client) || client.tls_psk_set(KEY, 'sensor', list),
  'no name verified': (client, list) =>
    trust(client) || client.tls_insecure_set(true) || client.tls_opts_set(1, null, list),
  'a key with the list': (client, list) => client.tls_psk_set(KEY, 'sensor', list),
  'a key, then the list': (client, list) =>
    client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(1, 'tlsv1.2', list),
  'a key, and certificates not verified': (client, list) =>
    client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(0, null, list) || client.tls_insecure_set(true),
};

for (const [order, set] of Object.entries(ORDERS)) {
  test(`${order}: no connection, and last_error has the reason`, limit, async (t) => {
    const server = await rawServerFor(t);
    for (const list of [...ANONYMOUS, ...PLAIN]) {
      for (const method of ['connect', 'connect_async'] as const) {
        const client = clientFor(t);
        assert.equal(set(client, list), 0);
        assert.equal(client[method](server.host, server.port), MOSQ_ERR_TLS, list);
        assert.match(client.last_error, REASON);
        client.destroy();
      }
    }
    assert.deepEqual(server.received(), []);
  });
}

test('a list that is set after connect_async() keeps the connection from being made', limit, async (t) => {
  const server = await rawServerFor(t);
  for (const mode of MODES) {
    const client = clientFor(t);
    assert.equal(trust(client), 0);
    assert.equal(client.connect_async(server.host, server.port), 0);
    assert.equal(client.tls_opts_set(1, null, 'ALL:@SECLEVEL=0'), 0);
    const driven = driveFor(t, client, mode);
    await until(() => REASON.test(client.last_error), 'the reason');
    await driven.stop();
    client.destroy();
  }
  assert.ok(server.received().every((bytes) => bytes.length === 0));
});

test('another list takes the fault away, and so does none', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const list of ['HIGH', null]) {
    const client = clientFor(t);
    assert.equal(trust(client) || client.tls_opts_set(1, null, 'ALL:@SECLEVEL=0'), 0);
    assert.equal(client.connect('localhost', port), MOSQ_ERR_TLS);
    assert.equal(client.tls_opts_set(1, null, list), 0);
    assert.deepEqual(await attemptWith(t, client, { port }, () => undefined), ACCEPTED);
  }
  const client = clientFor(t);
  assert.equal(client.tls_psk_set(KEY, 'sensor', 'ALL:@SECLEVEL=0'), 0);
  assert.equal(client.connect('localhost', psk().port), MOSQ_ERR_TLS);
  assert.equal(client.tls_psk_set(KEY, 'sensor'), 0);
  assert.deepEqual(await attemptWith(t, client, { port: psk().port }, () => undefined), ACCEPTED);
});

test('lists in which every suite that may be used verifies the broker are taken', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const list of ['ALL', 'HIGH', 'ALL:!aNULL:@SECLEVEL=0', 'DEFAULT:@SECLEVEL=0']) {
    const prepare = (client: Mosquitto): void => {
      assert.equal(trust(client), 0);
      assert.equal(client.tls_opts_set(1, null, list), 0);
    };
    assert.deepEqual(await attempt(t, { port }, prepare), ACCEPTED, list);
  }
  for (const list of ['ALL', 'PSK', 'PSK:HIGH', 'PSK:!eNULL:@SECLEVEL=0']) {
    const prepare = (client: Mosquitto): void => {
      assert.equal(client.tls_psk_set(KEY, 'sensor', list), 0);
    };
    assert.deepEqual(await attempt(t, { port: psk().port }, prepare), ACCEPTED, list);
  }
});

test('without verification such a list is taken, and an anonymous server with it', limit, async (t) => {
  for (const mode of MODES) {
    const server = await opensslServerFor(t, certificates().server, ['-tls1_2', '-cipher', 'aNULL:@SECLEVEL=0']);
    const outcome = attempt(t, { port: server.port, mode }, (client) => {
      assert.equal(trust(client), 0);
      assert.equal(client.tls_opts_set(0, null, 'ALL:@SECLEVEL=0'), 0);
    });
    await until(() => server.output().includes('MQTT'), 'CONNECT');
    server.send(Buffer.of(0x20, 2, 0, 0));
    assert.deepEqual(await outcome, ACCEPTED);
  }
});
