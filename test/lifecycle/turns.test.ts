// Tests that a turn of the event loop stays short although messages arrive all the time. Otherwise timers and sockets
// of the program would not run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info } from 'libmosquitto';
import { PUBLISH, publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const MESSAGES = 200;
const PAYLOAD = Buffer.alloc(5000);
// JavaScript gets messages in chunks of this size. In the event loop's mode each delivery has two chunks and one more
// read.
const CHUNK_BYTES = 16 * 1024;
// The bounds of one read of libmosquitto, and of the buffer that it reads into.
const READ_BYTES = 64 * 1024;
const BUFFER_BYTES = 32 * 1024;
// No turn of the event loop starts a further delivery after this time. With handlers that take as long, each turn has
// one chunk.
const HANDLER_MS = 1;

/**
 * Returns the number of messages that each turn of the event loop delivered, from a large number that arrived at once.
 */
async function turns(
  t: test.TestContext,
  mode: 'event loop' | 'thread',
  clients: number,
  queued = 0,
): Promise<number[]> {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    if (queued > 0) await peer.nextOf(PUBLISH);
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
    for (let message = 0; message < queued; message++) client.publish('queued', null, 1);
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

// One read of libmosquitto takes as many packets as messages are queued for sending, which would deliver everything in
// one turn. With the system's library a read cannot be interrupted.
if (build_info().linkage === 'static') {
  const QUEUED = 20_000;
  const most = Math.ceil((2 * READ_BYTES) / PAYLOAD.length);

  test('one turn stays short while thousands of messages are queued (event loop)', limit, async (t) => {
    const delivered = await turns(t, 'event loop', 1, QUEUED);
    assert.ok(Math.max(...delivered) <= most, `a turn delivered ${Math.max(...delivered)} messages`);
  });

  for (const size of [PAYLOAD.length, 1]) {
    test(`one loop() stays short while thousands of messages are queued: ${size} bytes`, limit, async (t) => {
      const bytes = 4 * 1024 * 1024;
      const message = publish('turns', Buffer.alloc(size));
      const count = Math.floor(bytes / message.length);
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        await peer.nextOf(PUBLISH);
        peer.send(Buffer.concat(new Array<Buffer>(count).fill(message)));
      });
      const client = clientFor(t);
      let total = 0;
      client.on_message = () => {
        total += 1;
      };
      const driven = driveFor(t, client, 'loop');
      await connectTo(client, fake);
      await driven.stop();
      for (let i = 0; i < QUEUED; i++) client.publish('queued', null, 1);
      let highest = 0;
      // Bytes that were read from the socket and are not yet handled do not make the socket readable: each call has to
      // handle all of them.
      while (total < count) {
        await new Promise((resolve) => setImmediate(resolve));
        const before = total;
        assert.equal(client.loop(100), 0);
        assert.ok(total > before || client.socket() >= 0);
        highest = Math.max(highest, (total - before) * message.length);
      }
      // One read, and the rest of the buffer.
      assert.ok(highest <= 2 * READ_BYTES + BUFFER_BYTES, `one loop() delivered ${highest} bytes`);
    });
  }
}
