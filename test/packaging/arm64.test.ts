import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sharedCertificates } from '../support/certificates';
import { brokerFor } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';
import { CORE } from './arm64-core';
import { arm64Libraries, assertExchanged, EXCHANGE, nodeFor, prebuild } from './prebuilds';

// Tests the prebuild for linux-arm64 on an emulated processor, with the C library of Debian 11 for it. Brokers and
// other peers run on this machine itself.

const limit = { timeout: scaled(600000) };
const certificates = sharedCertificates();

/** The arguments with which qemu-aarch64 runs Node. */
function emulated(...args: string[]): string[] {
  return ['-L', arm64Libraries(), join(nodeFor('arm64'), 'bin', 'node'), ...args];
}

/** This process has the variable for x64 already, and the emulated one inherits the environment. */
function environment(): NodeJS.ProcessEnv {
  // The time limits are for real processors; an emulator takes about eight times as long.
  const slow = String(8 * Number(process.env.LIBMOSQUITTO_TEST_SLOW ?? 1));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LIBMOSQUITTO_ADDON: prebuild('arm64'),
    LIBMOSQUITTO_TEST_SLOW: slow,
  };
  delete env.NODE_TEST_CONTEXT;
  return env;
}

interface Outcome {
  readonly code: number | string | null;
  readonly output: string;
}

function runFile(name: string): Promise<Outcome> {
  const args = emulated(join(__dirname, '..', `${name}.test.js`));
  return new Promise((resolve) => {
    execFile('qemu-aarch64', args, { env: environment(), maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), output: stdout + stderr });
    });
  });
}

test('Node for arm64 loads the prebuild for linux-arm64 on Debian 11 and exchanges messages', limit, async (t) => {
  const { port } = await brokerFor(t);
  await assertExchanged('arm64', 'qemu-aarch64', emulated(EXCHANGE, String(port)), environment());
});

test('the same over TLS', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  await assertExchanged(
    'arm64',
    'qemu-aarch64',
    emulated(EXCHANGE, String(port), certificates().ca.cert),
    environment(),
  );
});

describe("the test suite's core passes on arm64", { concurrency: 2 }, () => {
  for (const name of CORE) {
    test(name, limit, async () => {
      const { code, output } = await runFile(name);
      assert.equal(code, 0, output);
      const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1]);
      assert.ok(count('pass') > 0, output);
      assert.equal(count('skipped'), 0, output);
    });
  }
});
