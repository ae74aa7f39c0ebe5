// Tests the time of an acknowledgement. On the event loop and in loop() a message must not be acknowledged before its
// handler has returned: a crash of the handler would lose it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { MODES } from '../support/drive';
import { clientFor, defer, driveFor } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
// Much longer than the time of an acknowledgement that is sent at once.
const HANDLER_MS = 300;

for (const mode of MODES) {
  for (const qos of [1, 2] as const) {
    const delayed = mode !== 'thread';
    const what = delayed ? 'leaves only after the handler has returned' : 'leaves while the handler still runs';
    test(`the acknowledgement of a QoS ${qos} message ${what} (${mode})`, limit, async (t) => {
      const acknowledged = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(join(__dirname, '..', 'fixtures', 'mosquitto-ack-broker.js'), {
        workerData: { qos, acknowledged },
      });
      defer(t, () => worker.terminate());
      const [port] = (await once(worker, 'message')) as [number];
      const client = clientFor(t);
      const seen: string[] = [];
      client.on_message = () => {
        // Blocks this thread as a slow handler does. The broker's thread wakes it when the acknowledgement has arrived.
        Atomics.wait(acknowledged, 0, 0, delayed ? HANDLER_MS : scaled(10000));
        seen.push(Atomics.load(acknowledged, 0) === 1 ? 'acknowledged' : 'not yet');
      };
      driveFor(t, client, mode);
      assert.equal(client.connect('127.0.0.1', port), 0);
      await until(() => seen.length > 0, 'on_message');
      assert.deepEqual(seen, [delayed ? 'not yet' : 'acknowledged']);
      await until(() => Atomics.load(acknowledged, 0) === 1, 'the acknowledgement');
    });
  }
}

test('the acknowledgement follows also after a handler that has thrown', limit, async (t) => {
  const acknowledged = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(__dirname, '..', 'fixtures', 'mosquitto-ack-broker.js'), {
    workerData: { qos: 1, acknowledged },
  });
  defer(t, () => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  const client = clientFor(t);
  client.on_message = () => {
    throw new Error('thrown in on_message');
  };
  let thrown = 0;
  assert.equal(client.connect('127.0.0.1', port), 0);
  await until(() => {
    try {
      client.loop(10);
    } catch {
      thrown += 1;
    }
    return Atomics.load(acknowledged, 0) === 1;
  }, 'the acknowledgement');
  assert.equal(thrown, 1);
});
