import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { issue, type Pair, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor, defer, driveFor } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

// A change in on_pre_connect applies to the connection that follows: the client does not keep certificates between
// connections.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** Connects twice, with the certificates of `renew`; returns the names that the broker got. */
async function namesSeen(
  t: TestContext,
  mode: (typeof MODES)[number],
  renew: (client: Mosquitto, pair: Pair) => void,
): Promise<string[]> {
  const { dir, ca, client: first } = certificates();
  const pairs = [first, issue(dir, 'renewed', ca)];
  const broker = await tlsBrokerFor(t, certificates(), certificates().server, {
    config: ['require_certificate true', 'use_identity_as_username true'],
  });
  const client = clientFor(t);
  let attempts = 0;
  let connections = 0;
  client.on_pre_connect = () => {
    const pair = pairs[attempts];
    assert.ok(pair);
    renew(client, pair);
    attempts += 1;
  };
  client.on_connect = () => {
    connections += 1;
  };
  renew(client, first);
  assert.equal(client.connect_async('localhost', broker.port), 0);
  driveFor(t, client, mode);
  await until(() => connections === 1, 'the first connection');
  assert.equal(client.reconnect(), 0);
  await until(() => connections === 2, 'the second connection');
  const names = (): string[] => [...broker.log().matchAll(/ u'([^']*)'/g)].map(([, name]) => name ?? '');
  await until(() => names().length === 2, 'two connections in the log');
  return names();
}

for (const mode of MODES) {
  test(`files that on_pre_connect writes anew (${mode})`, limit, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'renewal-'));
    defer(t, () => rmSync(folder, { recursive: true }));
    const [cert, key] = [join(folder, 'client.crt'), join(folder, 'client.key')];
    let set = false;
    const names = await namesSeen(t, mode, (client, pair) => {
      copyFileSync(pair.cert, cert);
      copyFileSync(pair.key, key);
      if (!set) assert.equal(client.tls_set(certificates().ca.cert, null, cert, key), 0);
      set = true;
    });
    assert.deepEqual(names, ['client', 'renewed']);
  });

  test(`others that on_pre_connect gives to tls_set() (${mode})`, limit, async (t) => {
    const names = await namesSeen(t, mode, (client, { cert, key }) => {
      assert.equal(client.tls_set(certificates().ca.cert, null, cert, key), 0);
    });
    assert.deepEqual(names, ['client', 'renewed']);
  });
}
