// Tests the verification of the broker's certificate. A fault would connect to an impostor, or refuse the right broker.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { connectTo, disconnectFrom, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** A client that trusts the CA of these tests. */
function trusting(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
}

test('a broker whose CA is given is trusted, by name and by address', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const host of ['localhost', '127.0.0.1']) {
    for (const mode of MODES) assert.deepEqual(await attempt(t, { host, port, mode }, trusting), ACCEPTED);
  }
});

test('IPv6 over TLS: the name in the certificate is an address', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates(), certificates().server, { host: '::1' });
  assert.deepEqual(await attempt(t, { host: '::1', port }, trusting), ACCEPTED);
});

test("a folder of CAs under OpenSSL's names serves as well, alone and beside a file", limit, async (t) => {
  const { caFolder, otherCa, dir, ca } = certificates();
  const { port } = await tlsBrokerFor(t, certificates());
  const both = (client: Mosquitto): void => {
    assert.equal(client.tls_set(otherCa.cert, caFolder), 0);
  };
  const folder = (client: Mosquitto): void => {
    assert.equal(client.tls_set(null, caFolder), 0);
  };
  assert.deepEqual(await attempt(t, { port }, folder), ACCEPTED);
  assert.deepEqual(await attempt(t, { port }, both), ACCEPTED);

  const unnamed = join(dir, 'unnamed');
  mkdirSync(unnamed);
  copyFileSync(ca.cert, join(unnamed, 'ca.pem'));
  const outcome = await attempt(t, { port }, (client) => client.tls_set(null, unnamed));
  assertRefused(outcome);
});

test('a certificate from another CA: MOSQ_ERR_TLS, and the log says that the issuer is not known', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const mode of MODES) {
    const outcome = await attempt(t, { port, mode }, (client) => client.tls_set(certificates().otherCa.cert));
    assertRefused(outcome, /self-signed certificate in certificate chain|unable to get local issuer certificate/);
  }
});

test('an expired certificate: MOSQ_ERR_TLS, and the log says so', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates(), certificates().expired);
  for (const mode of MODES) {
    const outcome = await attempt(t, { port, mode }, trusting);
    assertRefused(outcome, /certificate has expired/);
  }
});

test(
  'a certificate for another host: MOSQ_ERR_TLS, and the log says whether a name or an address differs',
  limit,
  async (t) => {
    const { port } = await tlsBrokerFor(t, certificates(), certificates().wrongHost);
    for (const mode of MODES) {
      const byName = await attempt(t, { host: 'localhost', port, mode }, trusting);
      assertRefused(byName, /hostname mismatch/);
      const byAddress = await attempt(t, { host: '127.0.0.1', port, mode }, trusting);
      assertRefused(byAddress, /IP address mismatch/);
    }
  },
);

test('a name in the certificate does not cover the address, nor an address the name', limit, async (t) => {
  const name = await tlsBrokerFor(t, certificates(), certificates().nameOnly);
  assert.deepEqual(await attempt(t, { host: 'localhost', port: name.port }, trusting), ACCEPTED);
  const mistaken = await attempt(t, { host: '127.0.0.1', port: name.port }, trusting);
  assertRefused(mistaken, /IP address mismatch/);

  const address = await tlsBrokerFor(t, certificates(), certificates().addressOnly);
  assert.deepEqual(await attempt(t, { host: '127.0.0.1', port: address.port }, trusting), ACCEPTED);
  const wrong = await attempt(t, { host: 'localhost', port: address.port }, trusting);
  assertRefused(wrong, /hostname mismatch/);
});

test(
  'an intermediate CA: trusted when the broker sends its certificate, else its issuer is not known',
  limit,
  async (t) => {
    const whole = await tlsBrokerFor(t, certificates(), certificates().chained);
    assert.deepEqual(await attempt(t, { port: whole.port }, trusting), ACCEPTED);
    const alone = await tlsBrokerFor(t, certificates(), certificates().chainedAlone);
    const outcome = await attempt(t, { port: alone.port }, trusting);
    assertRefused(outcome, /unable to get (local )?issuer certificate|unable to verify the first certificate/);
  },
);

test('tls_insecure_set(true) accepts a wrong host name, and nothing else', limit, async (t) => {
  const { wrongHost, expired, otherCa } = certificates();
  const insecure = (client: Mosquitto): void => {
    trusting(client);
    assert.equal(client.tls_insecure_set(true), 0);
  };
  const elsewhere = await tlsBrokerFor(t, certificates(), wrongHost);
  assert.deepEqual(await attempt(t, { host: 'localhost', port: elsewhere.port }, insecure), ACCEPTED);
  assert.deepEqual(await attempt(t, { host: '127.0.0.1', port: elsewhere.port }, insecure), ACCEPTED);

  const again = await attempt(t, { port: elsewhere.port }, (client) => {
    insecure(client);
    assert.equal(client.tls_insecure_set(false), 0);
  });
  assertRefused(again, /hostname mismatch/);

  const unknown = await attempt(t, { port: elsewhere.port }, (client) => {
    insecure(client);
    assert.equal(client.tls_set(otherCa.cert), 0);
  });
  assertRefused(unknown);

  const old = await tlsBrokerFor(t, certificates(), expired);
  const outcome = await attempt(t, { port: old.port }, insecure);
  assertRefused(outcome, /certificate has expired/);
});

test('tls_opts_set(0) does not verify the broker at all; tls_opts_set(1) is the default', limit, async (t) => {
  const broker = await tlsBrokerFor(t, certificates(), certificates().expired);
  const outcome = await attempt(t, { port: broker.port }, (client) => {
    assert.equal(client.tls_set(certificates().otherCa.cert), 0);
    assert.equal(client.tls_opts_set(0), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
  const verified = await attempt(t, { port: broker.port }, (client) => {
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    assert.equal(client.tls_opts_set(1), 0);
  });
  assertRefused(verified);
});

test('a broker that speaks plain TCP, and a plain client at a TLS listener, get nowhere', limit, async (t) => {
  const secure = await tlsBrokerFor(t, certificates());
  const plain = await attempt(t, { port: secure.port }, () => undefined);
  assert.equal(plain.connack, null);
  assert.notEqual(plain.disconnected, 0);
});

test('tls_set() again: what was trusted before no longer is', limit, async (t) => {
  const { ca, otherCa } = certificates();
  const { port } = await tlsBrokerFor(t, certificates());
  const client = clientFor(t);
  trusting(client);
  driveFor(t, client, 'loop');
  await connectTo(client, { host: 'localhost', port });
  await disconnectFrom(client);

  const codes = disconnections(client);
  assert.equal(client.tls_set(otherCa.cert), 0);
  assert.equal(client.connect('localhost', port), 0);
  await until(() => codes.length > 0, 'on_disconnect');
  assert.deepEqual(codes, [MOSQ_ERR_TLS]);

  assert.equal(client.tls_set(ca.cert), 0);
  await connectTo(client, { host: 'localhost', port });
});
