import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, type Mosquitto } from 'libmosquitto';
import { PASSPHRASE, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { ACCEPTED, attempt } from '../support/tls-attempt';
import { sharedPskBroker, tlsBrokerFor } from '../support/tls-broker';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests that a call that fails does not remove the settings of an earlier call. Otherwise the client could not connect,
// or, as in C, would use plain TCP.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const PSK = '0123456789abcdef';
const psk = sharedPskBroker({ identity: 'sensor', psk: PSK });

/** Calls of tls_set() that fail: one for each possible fault. */
function failingCalls(): Array<(client: Mosquitto) => number> {
  const { ca, client: pair, dir } = certificates();
  return [
    (client) => client.tls_set(),
    (client) => client.tls_set('/nonexistent/ca.crt'),
    (client) => client.tls_set(dir),
    (client) => client.tls_set(ca.cert, null, pair.cert),
    (client) => client.tls_set(ca.cert, null, null, pair.key),
    (client) => client.tls_set(ca.cert, null, '/nonexistent/client.crt', pair.key, 'wrong'),
    (client) => client.tls_set(ca.cert, null, pair.cert, '/nonexistent/client.key', 'wrong'),
    (client) => client.tls_set(null, '/etc/ssl/certs', '/nonexistent/client.crt', pair.key),
    (client) => client.tls_set(readFileSync(ca.cert), null, readFileSync(pair.cert), '/nonexistent/client.key'),
  ];
}

test('tls_set() that fails keeps CA, certificate, key and passphrase of the call before', limit, async (t) => {
  const { ca, client: pair, encryptedKey } = certificates();
  const broker = await tlsBrokerFor(t, certificates(), certificates().server, {
    config: ['require_certificate true'],
  });
  const settings: Array<(client: Mosquitto) => number> = [
    (client) => client.tls_set(ca.cert, null, pair.cert, encryptedKey, PASSPHRASE),
    (client) => client.tls_set(readFileSync(ca.cert), null, readFileSync(pair.cert), readFileSync(pair.key)),
  ];
  for (const set of settings) {
    for (const mode of MODES) {
      const outcome = await attempt(t, { port: broker.port, mode }, (client) => {
        assert.equal(set(client), 0);
        for (const fail of failingCalls()) assert.equal(fail(client), MOSQ_ERR_INVAL);
      });
      assert.deepEqual(outcome, ACCEPTED);
    }
  }
});

test('tls_set() that fails keeps a folder of CA certificates', limit, async (t) => {
  const broker = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port: broker.port }, (client) => {
    assert.equal(client.tls_set(null, certificates().caFolder), 0);
    for (const fail of failingCalls()) assert.equal(fail(client), MOSQ_ERR_INVAL);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('tls_set() that fails between two connections does not keep the second from being made', limit, async (t) => {
  const broker = await tlsBrokerFor(t, certificates());
  for (const mode of ['event loop', 'thread'] as const) {
    const client = clientFor(t);
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    driveFor(t, client, mode);
    await connectTo(client, { host: 'localhost', port: broker.port });
    let connections = 0;
    client.on_connect = (_mosq, _obj, rc) => {
      assert.equal(rc, 0);
      connections += 1;
    };
    for (const fail of failingCalls()) assert.equal(fail(client), MOSQ_ERR_INVAL);
    await broker.kill();
    await broker.start();
    await until(() => connections === 1, 'the connection after the restart');
  }
});

test('tls_psk_set() that fails keeps the key of the call before', limit, async (t) => {
  for (const mode of MODES) {
    const outcome = await attempt(t, { port: psk().port, mode }, (client) => {
      assert.equal(client.tls_psk_set(PSK, 'sensor'), 0);
      assert.equal(client.tls_psk_set('not hexadecimal', 'other', 'PSK-AES256-CBC-SHA'), MOSQ_ERR_INVAL);
    });
    assert.deepEqual(outcome, ACCEPTED);
  }
});
