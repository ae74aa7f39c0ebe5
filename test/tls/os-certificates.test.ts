// Tests MOSQ_OPT_TLS_USE_OS_CERTS, which trusts the certificates of the operating system.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_OPT_TLS_USE_OS_CERTS, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { clientFor, defer, driveFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt, attemptWith } from '../support/tls-attempt';
import { sharedPskBroker, tlsBrokerFor } from '../support/tls-broker';
import { connectTo, disconnectFrom } from '../support/traffic';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const psk = sharedPskBroker({ identity: 'sensor', psk: '00ff' });

/** OpenSSL uses the files in these variables as the certificates of the operating system. */
function trustedBySystem(t: test.TestContext, variable: 'SSL_CERT_FILE' | 'SSL_CERT_DIR', path: string): void {
  const before = process.env[variable];
  process.env[variable] = path;
  defer(t, () => {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  });
}

function trustingSystem(client: Mosquitto): void {
  assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 1), 0);
}

test('MOSQ_OPT_TLS_USE_OS_CERTS trusts what the operating system trusts', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  trustedBySystem(t, 'SSL_CERT_FILE', certificates().ca.cert);
  assert.deepEqual(await attempt(t, { port }, trustingSystem), ACCEPTED);
});

test('MOSQ_OPT_TLS_USE_OS_CERTS: a folder of the operating system', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  trustedBySystem(t, 'SSL_CERT_DIR', certificates().caFolder);
  assert.deepEqual(await attempt(t, { port }, trustingSystem), ACCEPTED);
});

test('MOSQ_OPT_TLS_USE_OS_CERTS: what the operating system does not know is refused', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port }, trustingSystem);
  assertRefused(outcome, /self-signed certificate in certificate chain|unable to get local issuer certificate/);
});

test("MOSQ_OPT_TLS_USE_OS_CERTS beside a CA of one's own: both are trusted", limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const [system, own] of [
    [certificates().otherCa.cert, certificates().ca.cert],
    [certificates().ca.cert, certificates().otherCa.cert],
  ] as const) {
    trustedBySystem(t, 'SSL_CERT_FILE', system);
    const outcome = await attempt(t, { port }, (client) => {
      trustingSystem(client);
      assert.equal(client.tls_set(own), 0);
    });
    assert.deepEqual(outcome, ACCEPTED);
  }
});

test('MOSQ_OPT_TLS_USE_OS_CERTS verifies the host name', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates(), certificates().wrongHost);
  trustedBySystem(t, 'SSL_CERT_FILE', certificates().ca.cert);
  const outcome = await attempt(t, { port }, trustingSystem);
  assertRefused(outcome, /hostname mismatch/);
});

test('MOSQ_OPT_TLS_USE_OS_CERTS removed: only the key or the CA that replaces it is trusted', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  trustedBySystem(t, 'SSL_CERT_FILE', certificates().ca.cert);
  const client = clientFor(t);
  trustingSystem(client);
  const driven = driveFor(t, client, 'loop');
  await connectTo(client, { host: 'localhost', port });
  await disconnectFrom(client);
  await driven.stop();

  const refused = await attemptWith(t, client, { port }, () => {
    assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 0), 0);
    assert.equal(client.tls_set(certificates().otherCa.cert), 0);
  });
  assertRefused(refused, /self-signed certificate in certificate chain|unable to get local issuer certificate/);

  const keyed = await attemptWith(t, clientFor(t), { port: psk().port }, (other) => {
    trustingSystem(other);
    assert.equal(other.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 0), 0);
    assert.equal(other.tls_psk_set('00ff', 'sensor'), 0);
  });
  assert.deepEqual(keyed, ACCEPTED);
});
