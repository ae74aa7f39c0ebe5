// Tests certificates and keys that are given as PEM text instead of files. No secret may reach a disk.
import assert from 'node:assert/strict';
import { existsSync, fstatSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import { PASSPHRASE, sharedCertificates } from '../support/certificates';
import { clientFor } from '../support/scope';
import { ACCEPTED, attempt, attemptWith } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

function guardedBroker(t: test.TestContext) {
  return tlsBrokerFor(t, certificates(), certificates().server, { config: ['require_certificate true'] });
}

/** The names of the files that this process has open, by their descriptors. */
function openFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      files.set(fd, readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // the descriptor of the listing itself
    }
  }
  return files;
}

/** The addon keeps certificates in memory files on Linux, and in files without a name on other systems. */
const MEMORY_FILE = /^\/memfd:libmosquitto|\/libmosquitto-\w+ \(deleted\)$/;

/** The descriptors of these files. */
function memoryFiles(): string[] {
  return [...openFiles()].filter(([, name]) => MEMORY_FILE.test(name)).map(([fd]) => fd);
}

const forms: Array<[name: string, form: (file: string) => string | Uint8Array]> = [
  ['strings', (file) => readFileSync(file, 'utf8')],
  ['Buffers', (file) => readFileSync(file)],
  ['Uint8Arrays', (file) => new Uint8Array(readFileSync(file))],
  ['parts of a larger Buffer', (file) => Buffer.concat([Buffer.from('xx'), readFileSync(file)]).subarray(2)],
];

for (const [name, form] of forms) {
  test(`CA, certificate and key in memory, as ${name}`, limit, async (t) => {
    const { ca, client, encryptedKey } = certificates();
    const { port } = await guardedBroker(t);
    const plain = (mosq: Mosquitto): void => {
      assert.equal(mosq.tls_set(form(ca.cert), null, form(client.cert), form(client.key)), 0);
    };
    const encrypted = (mosq: Mosquitto): void => {
      assert.equal(mosq.tls_set(form(ca.cert), null, form(client.cert), form(encryptedKey), PASSPHRASE), 0);
    };
    assert.deepEqual(await attempt(t, { port }, plain), ACCEPTED);
    assert.deepEqual(await attempt(t, { port }, encrypted), ACCEPTED);
  });
}

test('files and memory mix', limit, async (t) => {
  const { ca, client } = certificates();
  const { port } = await guardedBroker(t);
  const outcome = await attempt(t, { port }, (mosq) => {
    assert.equal(mosq.tls_set(ca.cert, null, client.cert, readFileSync(client.key)), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('several CA certificates in one text are all trusted', limit, async (t) => {
  const { ca, otherCa } = certificates();
  const { port } = await tlsBrokerFor(t, certificates());
  const both = readFileSync(otherCa.cert, 'utf8') + readFileSync(ca.cert, 'utf8');
  assert.deepEqual(await attempt(t, { port }, (mosq) => mosq.tls_set(both)), ACCEPTED);
});

test("later changes of the caller's Buffer have no effect", limit, async (t) => {
  const { ca, client } = certificates();
  const { port } = await guardedBroker(t);
  const outcome = await attempt(t, { port }, (mosq) => {
    const parts = [ca.cert, client.cert, client.key].map((file) => readFileSync(file));
    const [authority, cert, key] = parts as [Buffer, Buffer, Buffer];
    assert.equal(mosq.tls_set(authority, null, cert, key), 0);
    for (const part of parts) part.fill(0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

/** The files in the usual folders for temporary files. */
function temporaryFiles(): string[] {
  const folders = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm', process.cwd()];
  return folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name)),
  );
}

test('no secret is written to a file', limit, async (t) => {
  const { ca, client } = certificates();
  const { port } = await guardedBroker(t);
  const key = readFileSync(client.key);
  const before = { files: new Set(temporaryFiles()), open: openFiles() };
  const outcome = await attempt(t, { port }, (mosq) => {
    assert.equal(mosq.tls_set(readFileSync(ca.cert), null, readFileSync(client.cert, 'utf8'), key), 0);
    // Other programs may write their own: none of the new files has the key.
    for (const file of temporaryFiles().filter((name) => !before.files.has(name))) {
      assert.ok(!existsSync(file) || !readFileSync(file).includes(key), file);
    }
    const opened = [...openFiles()].filter(([fd, name]) => before.open.get(fd) !== name);
    for (const [, name] of opened) assert.match(name, /^socket:|^pipe:|^anon_inode:|^\/memfd:|\(deleted\)$/);
    for (const fd of memoryFiles()) assert.equal(fstatSync(Number(fd)).nlink, 0);
    assert.equal(memoryFiles().length, 3);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('the memory is freed with the client, and by the next tls_set()', limit, (t) => {
  const { ca, client } = certificates();
  const count = (): number => memoryFiles().length;
  const before = count();
  const mosq = clientFor(t);
  const set = (): number =>
    mosq.tls_set(readFileSync(ca.cert), null, readFileSync(client.cert), readFileSync(client.key));
  assert.equal(set(), 0);
  const once = count();
  for (let round = 0; round < 20; round++) assert.equal(set(), 0);
  assert.equal(count(), once);
  mosq.reinitialise();
  assert.equal(count(), before);
  assert.equal(set(), 0);
  mosq.destroy();
  assert.equal(count(), before);
});

// If all openings of a descriptor's path share its position (macOS), the second connection would find empty files.
test('each connection finds certificates at their beginning', limit, async (t) => {
  const { ca, client } = certificates();
  const { port } = await guardedBroker(t);
  const positions = (): string[] =>
    memoryFiles().map((fd) => /^pos:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '');
  const mosq = clientFor(t);
  assert.equal(mosq.tls_set(readFileSync(ca.cert), null, readFileSync(client.cert), readFileSync(client.key)), 0);
  // A reader there leaves them in this state.
  for (const fd of memoryFiles()) while (readSync(Number(fd), Buffer.alloc(4096)) > 0);
  assert.ok(positions().every((position) => Number(position) > 0));
  assert.deepEqual(await attemptWith(t, mosq, { port }, () => undefined), ACCEPTED);
  assert.deepEqual(positions(), ['0', '0', '0']);
});

test('text that is no certificate: connect() returns MOSQ_ERR_TLS and the log says why', limit, async (t) => {
  const { port } = await guardedBroker(t);
  const { ca, client } = certificates();
  const broken = '-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n';
  for (const prepare of [
    (mosq: Mosquitto) => mosq.tls_set(broken),
    (mosq: Mosquitto) => mosq.tls_set(ca.cert, null, broken, client.key),
    (mosq: Mosquitto) => mosq.tls_set(ca.cert, null, client.cert, broken),
  ]) {
    const outcome = await attempt(t, { port }, (mosq) => {
      assert.equal(prepare(mosq), 0);
    });
    assert.equal(outcome.rc, MOSQ_ERR_TLS);
    assert.ok(outcome.errors.length > 0);
  }
  const mosq = clientFor(t);
  for (const bytes of [Buffer.from('not PEM at all'), Buffer.alloc(0), Buffer.from([0x30, 0x82, 1, 5])]) {
    assert.equal(mosq.tls_set(bytes), MOSQ_ERR_INVAL);
  }
});
