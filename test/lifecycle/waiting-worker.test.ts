import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { rawServerFor } from '../support/raw-server';
import { scaled } from '../support/wait';
import { fullPortFor } from './full-port';

// Tests the end of a worker whose thread is in a blocking call: terminate() has to interrupt the call.

const limit = { timeout: scaled(60000) };
// The client tries to connect for 30 s, and loop() blocks for up to an hour.
const MOST_MS = scaled(5000);

async function terminated(port: number, call: 'connect()' | 'loop()'): Promise<void> {
  const worker = new Worker(join(__dirname, '..', 'fixtures', 'lifecycle-waiting-worker.js'), {
    workerData: { port, call },
  });
  const errors: unknown[] = [];
  worker.on('error', (error) => errors.push(error));
  await once(worker, 'message');
  const began = performance.now();
  assert.equal(await worker.terminate(), 1);
  assert.ok(performance.now() - began < MOST_MS, `${call} blocked its thread for ${performance.now() - began} ms`);
  assert.deepEqual(errors, []);
}

for (const call of ['connect()', 'loop()'] as const) {
  test(`a worker is terminated while ${call} waits for a connection that nobody accepts`, limit, async (t) => {
    const port = await fullPortFor(t);
    await terminated(port, call);
  });
}

test('a worker is terminated while loop() waits for a peer that says nothing', limit, async (t) => {
  const { port } = await rawServerFor(t);
  await terminated(port, 'loop()');
});
