// Tests the client's certificate and its key: valid, wrong, encrypted and missing ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import type { BrokerOptions } from '../support/broker';
import { PASSPHRASE, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { TLS_1_2, tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** A broker that requires a certificate from its clients. */
function guardedBroker(t: test.TestContext, more: string[] = [], options: BrokerOptions = {}) {
  const config = ['require_certificate true', ...more];
  return tlsBrokerFor(t, certificates(), certificates().server, { ...options, config });
}

/** The client presents this certificate. */
function presenting(cert: string, key: string, passphrase?: string | (() => string) | null) {
  return (client: Mosquitto): void => {
    assert.equal(client.tls_set(certificates().ca.cert, null, cert, key, passphrase), 0);
  };
}

test('a client certificate lets the client in, in TLS 1.2 and 1.3', limit, async (t) => {
  const { client } = certificates();
  const { port } = await guardedBroker(t);
  for (const mode of MODES) {
    assert.deepEqual(await attempt(t, { port, mode }, presenting(client.cert, client.key)), ACCEPTED);
  }
  const old = await guardedBroker(t, [], TLS_1_2);
  assert.deepEqual(await attempt(t, { port: old.port }, presenting(client.cert, client.key)), ACCEPTED);
});

test('the broker sees the name in the client certificate', limit, async (t) => {
  const { client } = certificates();
  const broker = await guardedBroker(t, ['use_identity_as_username true']);
  assert.deepEqual(await attempt(t, { port: broker.port }, presenting(client.cert, client.key)), ACCEPTED);
  assert.match(broker.log(), /u'client'/);
});

for (const [version, options] of [
  ['1.3', {}],
  ['1.2', TLS_1_2],
] as const) {
  test(
    `no client certificate where one is required: MOSQ_ERR_TLS and the broker's alert (${version})`,
    limit,
    async (t) => {
      const { port } = await guardedBroker(t, [], options);
      for (const mode of MODES) {
        const outcome = await attempt(t, { port, mode }, (client) => {
          assert.equal(client.tls_set(certificates().ca.cert), 0);
        });
        assertRefused(outcome, /alert (certificate required|handshake failure)/);
      }
    },
  );
}

test('a client certificate from another CA, and a revoked one: the alert says which', limit, async (t) => {
  const { otherClient, revokedClient, client, crl } = certificates();
  const { port } = await guardedBroker(t, [`crlfile ${crl}`]);
  assert.deepEqual(await attempt(t, { port }, presenting(client.cert, client.key)), ACCEPTED);

  const unknown = await attempt(t, { port }, presenting(otherClient.cert, otherClient.key));
  assertRefused(unknown, /alert unknown ca/);

  const revoked = await attempt(t, { port }, presenting(revokedClient.cert, revokedClient.key));
  assertRefused(revoked, /alert certificate revoked/);
});

test('an encrypted key opens with its passphrase, as a string and from a function', limit, async (t) => {
  const { client, encryptedKey } = certificates();
  const { port } = await guardedBroker(t);
  for (const passphrase of [PASSPHRASE, () => PASSPHRASE]) {
    assert.deepEqual(await attempt(t, { port }, presenting(client.cert, encryptedKey, passphrase)), ACCEPTED);
  }
});

test('the passphrase function is called once, inside tls_set()', limit, async (t) => {
  const { ca, client, encryptedKey } = certificates();
  const { port } = await guardedBroker(t);
  let calls = 0;
  const passphrase = (): string => {
    calls += 1;
    return PASSPHRASE;
  };
  const outcome = await attempt(t, { port }, (mosq) => {
    assert.equal(mosq.tls_set(ca.cert, null, client.cert, encryptedKey, passphrase), 0);
    assert.equal(calls, 1);
  });
  assert.deepEqual(outcome, ACCEPTED);
  assert.equal(calls, 1);
});

test('a passphrase function that throws, or gives no string, makes tls_set() throw', limit, (t) => {
  const { ca, client, encryptedKey } = certificates();
  const mosq = clientFor(t);
  const failure = new Error('no terminal');
  const set = (passphrase: unknown) => () =>
    mosq.tls_set(ca.cert, null, client.cert, encryptedKey, passphrase as () => string);
  assert.throws(
    set(() => {
      throw failure;
    }),
    failure,
  );
  assert.throws(
    set(() => 5),
    { name: 'TypeError', message: /argument 5 \(passphrase\)/ },
  );
  assert.throws(set(5), { name: 'TypeError', message: /argument 5 \(passphrase\)/ });
  assert.throws(
    set(() => 'a\0b'),
    { name: 'TypeError', message: /argument 5 \(passphrase\)/ },
  );
});

test(
  'a wrong passphrase, none, and an empty one: connect() returns MOSQ_ERR_TLS and the log names the key',
  limit,
  async (t) => {
    const { client, encryptedKey } = certificates();
    const { port } = await guardedBroker(t);
    for (const passphrase of ['wrong', () => 'wrong', null, '', 'x'.repeat(2000)]) {
      const outcome = await attempt(t, { port }, presenting(client.cert, encryptedKey, passphrase));
      assert.equal(outcome.rc, MOSQ_ERR_TLS);
      assert.equal(outcome.connack, null);
      assert.match(outcome.errors.join('\n'), /key/);
    }
  },
);

test('a key that is not of the certificate: connect() returns MOSQ_ERR_TLS and the log says so', limit, async (t) => {
  const { client, otherClient } = certificates();
  const { port } = await guardedBroker(t);
  const outcome = await attempt(t, { port }, presenting(client.cert, otherClient.key));
  assert.equal(outcome.rc, MOSQ_ERR_TLS);
  assert.match(outcome.errors.join('\n'), /key/);
});

test('files that are not there, half a pair, and no CA at all: tls_set() returns MOSQ_ERR_INVAL', limit, (t) => {
  const { ca, client } = certificates();
  const mosq = clientFor(t);
  assert.equal(mosq.tls_set(), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(null, null, client.cert, client.key), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set('/nonexistent/ca.crt'), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(ca.cert, null, client.cert), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(ca.cert, null, null, client.key), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(ca.cert, null, '/nonexistent/client.crt', client.key), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(ca.cert, null, client.cert, '/nonexistent/client.key'), MOSQ_ERR_INVAL);
  assert.equal(mosq.tls_set(ca.cert, null, client.cert, client.key), 0);
});

test('arguments of a wrong type are a TypeError that names them', limit, (t) => {
  const mosq = clientFor(t);
  const set = mosq.tls_set.bind(mosq) as (...args: unknown[]) => number;
  const { cert } = certificates().ca;
  assert.throws(() => set(5), { name: 'TypeError', message: /argument 1 \(cafile\)/ });
  assert.throws(() => set(cert, 5), { name: 'TypeError', message: /argument 2 \(capath\)/ });
  assert.throws(() => set(cert, Buffer.from('x')), { name: 'TypeError', message: /argument 2 \(capath\)/ });
  assert.throws(() => set(cert, null, {}, cert), { name: 'TypeError', message: /argument 3 \(certfile\)/ });
  assert.throws(() => set(cert, null, cert, true), { name: 'TypeError', message: /argument 4 \(keyfile\)/ });
  assert.throws(() => set(`${cert}\0`), { name: 'TypeError', message: /argument 1 \(cafile\) must not contain a NUL/ });
});
