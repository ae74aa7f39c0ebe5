// Tests the garbage collection of clients. A client that nobody refers to must free its memory and descriptors; one
// whose loop runs must not be collected.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ChildResult, runChild } from '../support/child';
import { MODES } from '../support/drive';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

async function run(mode: string, state: string): Promise<ChildResult> {
  const args = [String(broker().port), mode, state];
  const result = await runChild('lifecycle-collected', { args, nodeArgs: ['--expose-gc'] });
  assert.deepEqual(
    { code: result.code, signal: result.signal, stderr: result.stderr },
    { code: 0, signal: null, stderr: '' },
  );
  return result;
}

describe('clients that are dropped without destroy()', { concurrency: 3 }, () => {
  for (const state of ['created', 'connected, never driven', 'connect_async(), never driven']) {
    test(`are collected, descriptors and all: ${state}`, limit, async () => {
      const { stdout } = await run('none', state);
      assert.deepEqual(JSON.parse(stdout), { finalised: 21, sockets: 0 });
    });
  }

  for (const mode of MODES) {
    for (const state of [
      'loop stopped while connected',
      'disconnected, loop stopped',
      'destroyed while connected',
      'its callbacks and its object know it',
    ]) {
      test(`are collected, descriptors and all: ${state} (${mode})`, limit, async () => {
        const { stdout } = await run(mode, state);
        assert.deepEqual(JSON.parse(stdout), { finalised: 21, sockets: 0 });
      });
    }
  }

  for (const mode of ['event loop', 'thread']) {
    test(`are collected when their loop has ended, and not before (${mode})`, limit, async () => {
      const { stdout } = await run(mode, 'running');
      assert.deepEqual(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
        [
          { finalised: 0, received: 10 },
          { finalised: 1, sockets: -1 },
        ],
      );
    });
  }
});
