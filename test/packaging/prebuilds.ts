import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

// The folder in which `npm run test:prebuilds` stores the files that the tests of the prebuilds need.

export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The version text of the OpenSSL that is built in, which has long-term support. */
export const OPENSSL = /OpenSSL (3\.5)\.\d+ \d+ \w+ \d{4}/;

const run = promisify(execFile);
const packageRoot = dirname(require.resolve('libmosquitto/package.json'));

export function prebuildFolder(arch: Architecture): string {
  return join(packageRoot, 'prebuilds', `linux-${arch}`);
}

export function prebuild(arch: Architecture): string {
  return join(prebuildFolder(arch), 'libmosquitto.glibc.node');
}

export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`$${name} is not set: this test is run by \`npm run test:prebuilds\``);
  return value;
}

/** A Debian 11 for chroot. */
export const buildRoot = (): string => given('LIBMOSQUITTO_BUILD_ROOT');
/** The C library of Debian 11 for arm64, for qemu's -L. */
export const arm64Libraries = (): string => given('LIBMOSQUITTO_ARM64_LIBRARIES');
/** The folder of the oldest Node that is supported. */
export const nodeFor = (arch: Architecture): string => given(`LIBMOSQUITTO_NODE_${arch.toUpperCase()}`);

/** The compiled fixture: a program that uses only the package. */
export const EXCHANGE = join(__dirname, '..', 'fixtures', 'prebuild-exchange.js');

/** Runs a command that runs EXCHANGE. It has to get its message, from Debian 11's C library and the OpenSSL built in. */
export async function assertExchanged(
  arch: Architecture,
  command: string,
  args: string[],
  env = process.env,
): Promise<void> {
  const { stdout, stderr } = await run(command, args, { env });
  assert.equal(stderr, '');
  const { openssl, ...result } = JSON.parse(stdout);
  assert.deepEqual(result, { text: 'hello', arch, glibc: '2.31' });
  assert.match(openssl, OPENSSL);
}
