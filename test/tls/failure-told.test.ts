import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MOSQ_ERR_TLS, MOSQ_LOG_ERR, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { rawServerFor } from '../support/raw-server';
import { clientFor, driveFor } from '../support/scope';
import { scaled, until } from '../support/wait';

// Tests connect() that returns MOSQ_ERR_TLS: a program that reads the log, or last_error, and exits must get the
// reason. The lines used to be delivered only by a loop, which such a program never starts.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** A CA file without a certificate. */
function corruptCa(): string {
  const path = join(certificates().dir, 'corrupt.crt');
  writeFileSync(path, '-----BEGIN CERTIFICATE-----\nthis is none\n-----END CERTIFICATE-----\n');
  return path;
}

interface Fault {
  set(client: Mosquitto): number;
  readonly reason: RegExp;
}

const FAULTS: Record<string, Fault> = {
  'a wrong passphrase': {
    set: (client) => {
      const { ca, client: pair, encryptedKey } = certificates();
      return client.tls_set(ca.cert, null, pair.cert, encryptedKey, 'wrong');
    },
    reason: /key file ".*": .*(decrypt|cipherfinal|password)/i,
  },
  'the key of another certificate': {
    set: (client) => {
      const { ca, client: pair, otherClient } = certificates();
      return client.tls_set(ca.cert, null, pair.cert, otherClient.key);
    },
    reason: /mismatch/,
  },
  'a corrupt CA': {
    set: (client) => client.tls_set(corruptCa()),
    reason: /CA certificates/,
  },
  'an unknown cipher': {
    set: (client) => client.tls_set(certificates().ca.cert) || client.tls_opts_set(1, 'tlsv1.2', 'NO-SUCH-CIPHER'),
    reason: /NO-SUCH-CIPHER.*no cipher match/,
  },
};

for (const [name, { set, reason }] of Object.entries(FAULTS)) {
  test(`${name}: the log has the reason before connect() returns`, limit, async (t) => {
    const { host, port } = await rawServerFor(t);
    const client = clientFor(t);
    const lines: string[] = [];
    client.on_log = (_mosq, _obj, level, text) => {
      if (level === MOSQ_LOG_ERR) lines.push(text);
    };
    assert.equal(set(client), 0);
    for (const call of [() => client.connect(host, port), () => client.reconnect()]) {
      lines.length = 0;
      assert.equal(call(), MOSQ_ERR_TLS);
      assert.ok(lines.length > 0, 'told in the same turn');
      assert.match(client.last_error, reason);
    }
  });

  test(`${name}: last_error has the reason for a client without on_log, in every mode`, limit, async (t) => {
    const { host, port } = await rawServerFor(t);
    for (const mode of MODES) {
      const client = clientFor(t);
      assert.equal(set(client), 0);
      assert.equal(client.connect(host, port), MOSQ_ERR_TLS);
      assert.match(client.last_error, reason);

      const later = clientFor(t);
      assert.equal(set(later), 0);
      assert.equal(later.connect_async(host, port), 0);
      const driven = driveFor(t, later, mode);
      await until(() => later.last_error !== '', 'last_error');
      assert.match(later.last_error, reason);
      assert.ok(later.last_error.includes(`${host}:${port}`), later.last_error);
      await driven.stop();
    }
  });
}

test('incomplete settings: the log has the reason before connect() returns', limit, async (t) => {
  const { host, port } = await rawServerFor(t);
  const client = clientFor(t);
  const lines: string[] = [];
  client.on_log = (_mosq, _obj, _level, text) => lines.push(text);
  assert.equal(client.tls_insecure_set(true), 0);
  for (const call of [
    () => client.connect(host, port),
    () => client.connect_async(host, port),
    () => client.connect_srv('things.test'),
  ]) {
    lines.length = 0;
    assert.equal(call(), MOSQ_ERR_TLS);
    assert.match(lines.join('\n'), /there is no CA/);
  }
});

test('with a running loop the log has the reason in the next turn', limit, async (t) => {
  const { host, port } = await rawServerFor(t);
  for (const mode of ['event loop', 'thread'] as const) {
    const client = clientFor(t);
    const lines: string[] = [];
    client.on_log = (_mosq, _obj, _level, text) => lines.push(text);
    assert.equal(client.tls_set(corruptCa()), 0);
    driveFor(t, client, mode);
    assert.equal(client.connect(host, port), MOSQ_ERR_TLS);
    await until(() => lines.some((line) => line.includes('CA certificates')), 'the reason');
  }
});

test('connect() throws the error of on_log, and on_log may destroy its client', limit, async (t) => {
  const { host, port } = await rawServerFor(t);
  const client = clientFor(t);
  assert.equal(client.tls_set(corruptCa()), 0);
  client.on_log = () => {
    throw new Error('from on_log');
  };
  assert.throws(() => client.connect(host, port));
  client.on_log = () => client.destroy();
  assert.equal(client.connect(host, port), MOSQ_ERR_TLS);
});
