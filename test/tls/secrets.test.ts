import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build_info } from 'libmosquitto';
import { openssl, sharedCertificates } from '../support/certificates';
import { spawnChild } from '../support/child';
import { rawServerFor } from '../support/raw-server';
import { brokerFor, defer } from '../support/scope';
import { secretKey, secretText } from '../support/secret-texts';
import { socksServerFor } from '../support/socks';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

// Tests that no password, passphrase or key stays in the memory of the process after its client was destroyed.

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();
const CHUNK = 1 << 20;

/** Returns those of these texts that are in the memory of a process. */
function foundIn(pid: number, texts: readonly string[]): string[] {
  const needles = texts.map((text) => Buffer.from(text).subarray(-40));
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const chunk = Buffer.alloc(CHUNK + 64);
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, begin = '0', end = '0'] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      const [from, to] = [Number.parseInt(begin, 16), Number.parseInt(end, 16)];
      // A sanitizer's shadow memory is as large as the address space.
      if (to - from > 2 ** 31) continue;
      for (let at = from; at < to; at += CHUNK) {
        const length = readSome(memory, chunk, Math.min(chunk.length, to - at), at);
        needles.forEach((needle, index) => {
          if (chunk.subarray(0, length).includes(needle)) found.add(texts[index] ?? '');
        });
      }
    }
  } finally {
    closeSync(memory);
  }
  return [...found];
}

/** Some mapped memory cannot be read. */
function readSome(file: number, into: Buffer, length: number, at: number): number {
  try {
    return readSync(file, into, 0, length, at);
  } catch {
    return 0;
  }
}

// The system's library frees its copies without overwriting them.
if (build_info().linkage === 'static') {
  test('secrets are overwritten when their client no longer needs them', limit, async (t) => {
    const { dir, ca, client } = certificates();
    const key = join(dir, 'secret.key');
    const cipher = ['-topk8', '-v2', 'aes-256-cbc', '-in', client.key, '-out', key];
    openssl(dir, 'pkcs8', ...cipher, '-passout', `pass:${secretText(4)}`);
    const plain = await brokerFor(t);
    const secure = await tlsBrokerFor(t, certificates());
    const keys = { config: ['psk_file {dir}/keys', 'psk_hint test'], files: { keys: `sensor:${secretKey(6)}\n` } };
    const psk = await brokerFor(t, keys);
    const silent = await rawServerFor(t, () => undefined);
    const proxy = await socksServerFor(t, { username: 'user', password: secretText(3) });
    const ports = [plain, secure, psk, silent, proxy].map(({ port }) => String(port));
    const child = spawnChild('tls-secrets', { args: [...ports, ca.cert, client.cert, key] });
    defer(t, async () => {
      child.kill('SIGKILL');
      await child.done;
    });
    await child.line(/^done$/);
    const texts = [1, 2, 3, 4, 7, 8].map(secretText);
    assert.deepEqual(foundIn(child.pid, [secretText(9)]), [secretText(9)], 'one that is in use is there to be found');
    assert.deepEqual(foundIn(child.pid, [...texts, secretKey(5), secretKey(6)]), []);
  });
}
