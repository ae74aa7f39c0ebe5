import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const MESSAGES = 200;
const PAYLOAD = Buffer.alloc(5000);
// Messages come to JavaScript in chunks of so many bytes, and in the event loop's mode are read by the double and one
// read more.
const CHUNK_BYTES = 16 * 1024;
// No turn of the event loop goes on to deliver after so long: with handlers that take it, each has one chunk.
const HANDLER_MS = 1;

/** How many messages each turn of the event loop delivered, of more than enough that came at once. */
async function turns(t: test.TestContext, mode: 'event loop' | 'thread', clients: number): Promise<number[]> {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    for (let i = 0; i < MESSAGES / clients; i++) peer.send(publish('turns', PAYLOAD));
  });
  const delivered: number[] = [];
  let total = 0;
  let turn = 0;
  const next = (): void => {
    delivered.push(turn);
    turn = 0;
    if (total < MESSAGES) setImmediate(next);
  };
  setImmediate(next);
  for (let i = 0; i < clients; i++) {
    const client = clientFor(t);
    client.on_message = () => {
      total += 1;
      turn += 1;
      const begun = performance.now();
      while (performance.now() - begun < HANDLER_MS);
    };
    driveFor(t, client, mode);
    await connectTo(client, fake);
  }
  await until(() => total === MESSAGES, 'all messages');
  return delivered;
}

for (const clients of [1, 4]) {
  test(
    `the event loop turns between any two chunks of slow handlers (thread, ${clients} clients)`,
    limit,
    async (t) => {
      const delivered = await turns(t, 'thread', clients);
      const most = Math.floor(CHUNK_BYTES / PAYLOAD.length);
      assert.ok(Math.max(...delivered) <= most, `a turn delivered ${Math.max(...delivered)} messages`);
    },
  );
}

test('the event loop turns while messages keep coming and handlers are slow (event loop)', limit, async (t) => {
  const delivered = await turns(t, 'event loop', 1);
  const most = Math.ceil((4 * CHUNK_BYTES) / PAYLOAD.length);
  assert.ok(Math.max(...delivered) <= most, `a turn delivered ${Math.max(...delivered)} messages`);
});
