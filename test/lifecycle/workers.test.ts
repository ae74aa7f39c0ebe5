// Ends worker threads that have clients under traffic. A fault would crash the process or disturb the clients of the
// main thread.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild } from '../support/child';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

async function run(end: string, seed = 1): Promise<void> {
  const args = [String(broker().port), String(seed), end];
  const { code, signal, stdout, stderr } = await runChild('lifecycle-workers', { args, timeoutMs: 50000 });
  assert.deepEqual({ code, signal, stdout, stderr }, { code: 0, signal: null, stdout: 'done\n', stderr: '' });
}

// Each case is a process whose main thread has clients of its own. They continue, and the process ends with 0.
describe('worker threads with clients under traffic', { concurrency: 2 }, () => {
  for (const seed of [1, 2, 3]) {
    test(`are terminated at any moment (seed ${seed})`, limit, () => run('terminate', seed));
  }

  for (const end of ['disconnect', 'destroy', 'unref']) {
    test(`end by themselves: ${end}`, limit, () => run(end));
  }

  test('call process.exit() in a callback', limit, () => run('process.exit()'));

  test('throw in a callback', limit, () => run('throw'));
});
