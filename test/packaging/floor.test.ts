import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sharedCertificates } from '../support/certificates';
import { brokerFor, defer } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';
import { assertExchanged, buildRoot, EXCHANGE, nodeFor, prebuildFolder } from './prebuilds';

// Tests the oldest supported glibc, with a C library that refuses a binary that requires a newer one.

const limit = { timeout: scaled(60000) };
const packageRoot = dirname(require.resolve('libmosquitto/package.json'));
const certificates = sharedCertificates();

/**
 * Copies these files, Node and the package with its prebuild into the root of Debian 11; returns the folder's path
 * inside.
 */
function installInside(t: TestContext, ...files: string[]): string {
  const folder = mkdtempSync(join(buildRoot(), 'tmp', 'floor-'));
  defer(t, () => rmSync(folder, { recursive: true, force: true }));
  const installed = join(folder, 'node_modules', 'libmosquitto');
  mkdirSync(installed, { recursive: true });
  for (const part of ['dist', 'package.json']) {
    cpSync(join(packageRoot, part), join(installed, part), { recursive: true });
  }
  cpSync(prebuildFolder('x64'), join(installed, 'prebuilds', 'linux-x64'), { recursive: true });
  for (const file of [join(nodeFor('x64'), 'bin', 'node'), ...files]) cpSync(file, join(folder, basename(file)));
  return folder.slice(buildRoot().length);
}

/** The arguments with which chroot(8) runs the exchange in that folder. */
function inside(folder: string, ...args: string[]): string[] {
  const command = [`${folder}/node`, `${folder}/${basename(EXCHANGE)}`, ...args];
  return [buildRoot(), '/usr/bin/env', '-i', ...command];
}

test('on Debian 11 the prebuild for linux-x64 is loaded and exchanges messages', limit, async (t) => {
  const { port } = await brokerFor(t);
  const folder = installInside(t, EXCHANGE);
  await assertExchanged('x64', 'chroot', inside(folder, String(port)));
});

test('the same over TLS', limit, async (t) => {
  const { ca } = certificates();
  const { port } = await tlsBrokerFor(t, certificates());
  const folder = installInside(t, EXCHANGE, ca.cert);
  await assertExchanged('x64', 'chroot', inside(folder, String(port), `${folder}/${basename(ca.cert)}`));
});
