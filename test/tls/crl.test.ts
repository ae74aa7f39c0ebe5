import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { build_info, MOSQ_ERR_INVAL, MOSQ_ERR_TLS, MOSQ_LOG_WARNING, type Mosquitto } from 'libmosquitto';
import { Authority } from '../support/authority';
import { openssl, type Pair, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor, defer, driveFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt, attemptWith } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

// Tests that a broker with a revoked certificate, or of a revoked CA, is refused.

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();
const LOCAL = ['subjectAltName=DNS:localhost,IP:127.0.0.1'];

/** The root of certificates(), and an intermediate CA, each with a server of its own. */
interface Tree {
  root: Authority;
  server: Pair;
  intermediate: Authority;
  chained: Pair;
}
let tree: Tree | null = null;

before(() => {
  const { dir, ca } = certificates();
  const root = Authority.of(dir, 'root', ca);
  const intermediate = root.authority('middle');
  const leaf = intermediate.issue('chained-server', { extensions: LOCAL });
  const chained = { cert: join(dir, 'crl-chain.pem'), key: leaf.key };
  writeFileSync(chained.cert, readFileSync(leaf.cert, 'utf8') + readFileSync(intermediate.pair.cert, 'utf8'));
  tree = { root, server: root.issue('root-server', { extensions: LOCAL }), intermediate, chained };
});

function shared(): Tree {
  assert.ok(tree !== null);
  return tree;
}

function text(...files: string[]): string {
  return files.map((file) => readFileSync(file, 'utf8')).join('');
}

function checking(list: string | Uint8Array): (client: Mosquitto) => void {
  return (client) => {
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    assert.equal(client.tls_crl_set(list), 0);
  };
}

/** A copy of a file, in a folder of its own. */
function copyFor(t: TestContext, file: string): string {
  const folder = mkdtempSync(join(certificates().dir, 'copy-'));
  defer(t, () => {
    rmSync(folder, { recursive: true });
  });
  const copy = join(folder, 'copy.pem');
  copyFileSync(file, copy);
  return copy;
}

test('tls_crl_set(): a revoked certificate is refused, another is not; as a path, text and bytes', limit, async (t) => {
  const { root, server } = shared();
  const revoked = root.issue('revoked-server', { extensions: LOCAL });
  const list = root.list([revoked]);
  const good = await tlsBrokerFor(t, certificates(), server);
  const bad = await tlsBrokerFor(t, certificates(), revoked);
  for (const mode of MODES) {
    for (const form of [list, text(list), Buffer.from(text(list))]) {
      assert.deepEqual(await attempt(t, { port: good.port, mode }, checking(form)), ACCEPTED);
      const outcome = await attempt(t, { port: bad.port, mode }, checking(form));
      assertRefused(outcome, /certificate revoked/);
    }
  }
});

test('the whole chain is checked: a list for each CA, and a revoked intermediate is refused', limit, async (t) => {
  const { root, intermediate, chained } = shared();
  const { port } = await tlsBrokerFor(t, certificates(), chained);
  const ofRoot = root.list();
  const both = text(intermediate.list(), ofRoot);
  for (const mode of MODES) {
    assert.deepEqual(await attempt(t, { port, mode }, checking(both)), ACCEPTED);
    for (const part of [text(ofRoot), text(intermediate.list())]) {
      const outcome = await attempt(t, { port, mode }, checking(part));
      assertRefused(outcome, /unable to get certificate CRL/);
    }
  }
  const other = root.authority('revoked-middle');
  const leaf = other.issue('leaf', { extensions: LOCAL });
  const chain = join(certificates().dir, 'revoked-chain.pem');
  writeFileSync(chain, text(leaf.cert, other.pair.cert));
  const broker = await tlsBrokerFor(t, certificates(), { cert: chain, key: leaf.key });
  const lists = text(other.list(), root.list([other.pair]));
  assertRefused(await attempt(t, { port: broker.port }, checking(lists)), /certificate revoked/);
});

test('a list that has expired, is not valid yet, or is of another CA is not accepted', limit, async (t) => {
  const { root, server } = shared();
  const { dir, otherCa } = certificates();
  const { port } = await tlsBrokerFor(t, certificates(), server);
  // This CA has the same name and another key.
  const impostor = { cert: join(dir, 'impostor.crt'), key: otherCa.key };
  openssl(dir, 'req', '-x509', '-key', impostor.key, '-subj', '/CN=Test CA', '-days', '2', '-out', impostor.cert);
  for (const [list, reason] of [
    [root.list([], { from: -3, to: -1 }), /CRL has expired/],
    [root.list([], { from: 1, to: 2 }), /CRL is not yet valid/],
    [Authority.of(dir, 'other', otherCa).list(), /unable to get certificate CRL/],
    [Authority.of(dir, 'impostor', impostor).list(), /CRL signature failure|unable to get certificate CRL/],
  ] as const) {
    assertRefused(await attempt(t, { port }, checking(list)), reason);
  }
});

test('the file is read again for each connection; null removes the lists', limit, async (t) => {
  const { root } = shared();
  const later = root.issue('revoked-later', { extensions: LOCAL });
  const list = copyFor(t, root.list());
  const { port } = await tlsBrokerFor(t, certificates(), later);
  for (const mode of MODES) {
    const client = clientFor(t);
    copyFileSync(root.list(), list);
    assert.deepEqual(await attemptWith(t, client, { port, mode }, checking(list)), ACCEPTED);
    writeFileSync(
      list,
      text(Authority.of(mkdtempSync(join(certificates().dir, 'list-')), mode, root.pair).list([later])),
    );
    const renewed = await attemptWith(t, client, { port, mode }, () => undefined);
    assertRefused(renewed, /certificate revoked/);
    const without = await attempt(t, { port, mode }, (another) => {
      checking(list)(another);
      assert.equal(another.tls_crl_set(null), 0);
    });
    assert.deepEqual(without, ACCEPTED);
  }
});

test('a file that has gone when the connection is made: MOSQ_ERR_TLS, and the log says so', limit, async (t) => {
  const { root, server } = shared();
  const { port } = await tlsBrokerFor(t, certificates(), server);
  const list = copyFor(t, root.list());
  const client = clientFor(t);
  const outcome = await attemptWith(t, client, { port }, (same) => {
    checking(list)(same);
    rmSync(list);
  });
  assert.deepEqual([outcome.rc, outcome.connack, outcome.disconnected], [MOSQ_ERR_TLS, null, null]);
  assert.deepEqual(outcome.tls, ['the revocation lists of tls_crl_set() cannot be read']);
  assert.match(client.last_error, /revocation lists of tls_crl_set\(\) cannot be read/);
});

test('MOSQ_ERR_INVAL for data that is no list; the earlier lists remain', limit, async (t) => {
  const { root } = shared();
  const { ca, dir } = certificates();
  const revoked = root.issue('revoked-too', { extensions: LOCAL });
  const list = text(root.list([revoked]));
  const { port } = await tlsBrokerFor(t, certificates(), revoked);
  const encrypted = list.replace(
    '-----\n',
    '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n',
  );
  const outcome = await attempt(t, { port }, (client) => {
    checking(list)(client);
    for (const wrong of [
      ...['', '/nonexistent/list.pem', dir, ca.cert, text(ca.cert), `${list}${list.slice(0, 200)}`],
      ...[
        list.replace(/\n[^-]/, '\n!'),
        list.replaceAll('A', 'B'),
        encrypted,
        `${list}${encrypted}`,
        Buffer.from('no list'),
      ],
    ]) {
      assert.equal(client.tls_crl_set(wrong), MOSQ_ERR_INVAL, String(wrong).slice(0, 100));
    }
  });
  assertRefused(outcome, /certificate revoked/);
});

test('tls_opts_set(0) verifies nothing, lists neither', limit, async (t) => {
  const { root } = shared();
  const revoked = root.issue('revoked-and-taken', { extensions: LOCAL });
  const list = root.list([revoked]);
  const { port } = await tlsBrokerFor(t, certificates(), revoked);
  const outcome = await attempt(t, { port }, (client) => {
    checking(list)(client);
    assert.equal(client.tls_opts_set(0), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('tls_crl_set() asks for TLS, and reinitialise() forgets it', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.tls_crl_set(shared().root.list()), 0);
  assert.equal(client.connect_async('localhost', 1883), MOSQ_ERR_TLS);
  assert.equal(client.reinitialise(), 0);
  assert.equal(client.connect_async('localhost', 1883), 0);
});

if (build_info().linkage === 'static') {
  test('a list in the CA file is checked; a CA without one there is trusted as before', limit, async (t) => {
    const { root, server, chained } = shared();
    const { ca, otherCa, dir } = certificates();
    const revoked = root.issue('revoked-by-file', { extensions: LOCAL });
    const bad = await tlsBrokerFor(t, certificates(), revoked);
    const good = await tlsBrokerFor(t, certificates(), server);
    const middle = await tlsBrokerFor(t, certificates(), chained);
    const file = text(ca.cert, root.list([revoked]));
    const trusting = (pem: string) => (client: Mosquitto) => {
      assert.equal(client.tls_set(pem), 0);
    };
    for (const mode of MODES) {
      assertRefused(await attempt(t, { port: bad.port, mode }, trusting(file)), /certificate revoked/);
      assert.deepEqual(await attempt(t, { port: good.port, mode }, trusting(file)), ACCEPTED);
    }
    assert.deepEqual(await attempt(t, { port: middle.port }, trusting(file)), ACCEPTED);
    const ofOther = text(ca.cert, Authority.of(dir, 'another', otherCa).list());
    assert.deepEqual(await attempt(t, { port: bad.port }, trusting(ofOther)), ACCEPTED);
    const old = text(ca.cert, root.list([], { from: -3, to: -1 }));
    assertRefused(await attempt(t, { port: good.port }, trusting(old)), /CRL has expired/);
    const strict = await attempt(t, { port: middle.port }, (client) => {
      assert.equal(client.tls_set(file), 0);
      assert.equal(client.tls_crl_set(root.list()), 0);
    });
    assertRefused(strict, /unable to get certificate CRL/);
  });

  test('a list in the CA folder is checked; a CA without one there is trusted as before', limit, async (t) => {
    const { root, server, chained } = shared();
    const revoked = root.issue('revoked-by-folder', { extensions: LOCAL });
    const folder = mkdtempSync(join(certificates().dir, 'folder-'));
    copyFileSync(certificates().ca.cert, join(folder, 'ca.pem'));
    copyFileSync(root.list([revoked]), join(folder, 'list.pem'));
    openssl(folder, 'rehash', folder);
    const trusting = (client: Mosquitto): void => {
      assert.equal(client.tls_set(null, folder), 0);
    };
    const bad = await tlsBrokerFor(t, certificates(), revoked);
    for (const mode of MODES)
      assertRefused(await attempt(t, { port: bad.port, mode }, trusting), /certificate revoked/);
    for (const pair of [server, chained]) {
      const { port } = await tlsBrokerFor(t, certificates(), pair);
      assert.deepEqual(await attempt(t, { port }, trusting), ACCEPTED);
    }
  });
} else {
  test('a list in the CA file, which this library does not look at: the log says so', limit, async (t) => {
    const client = clientFor(t);
    const warnings: string[] = [];
    client.on_log = (_mosq, _obj, level, line) => {
      if (level === MOSQ_LOG_WARNING) warnings.push(line);
    };
    assert.equal(client.tls_set(text(certificates().ca.cert, shared().root.list())), 0);
    driveFor(t, client, 'loop');
    await until(() => warnings.length > 0, 'a warning');
    assert.match(warnings[0] ?? '', /tls_crl_set\(\)/);
  });
}
