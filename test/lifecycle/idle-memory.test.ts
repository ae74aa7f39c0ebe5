// Tests the memory of idle connections. A process may have thousands of them, so none may keep a large read buffer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addonFile, dynamicSymbols, hasEngine, isSanitized } from '../native/addon';
import { runChild, spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { PUBACK, publish } from '../support/packets';
import { defer, fakeBrokerFor } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };

// Sends small messages, and one whose acknowledgement shows that all of them have been read.
const burst = Buffer.concat([
  ...Array.from({ length: 600 }, (_, i) => publish(`flood/${i % 10}`, 'x'.repeat(100))),
  publish('flood/end', '', { qos: 1, mid: 1 }),
]);
const LARGEST_KIB = 32;

function tests(): void {
  // With a read buffer of 4 KiB, a connection takes 7.5 KiB of the C library's heap.
  test('an idle connection keeps no large read buffer', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => void (await peer.accept()), { host: '127.0.0.1' });
    const { code, stdout, stderr } = await runChild('lifecycle-many-clients', { args: [String(fake.port), '1000'] });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const { bytesEach } = JSON.parse(stdout) as { bytesEach: number };
    assert.ok(bytesEach < 5500, `${bytesEach} bytes each`);
  });

  for (const mode of MODES) {
    test(`a large read buffer is freed when the traffic ends (${mode})`, limit, async (t) => {
      let flooding = true;
      const fake = await fakeBrokerFor(
        t,
        async (peer) => {
          await peer.accept();
          for await (const { type } of peer.packets()) if (type === PUBACK && flooding) peer.send(burst);
        },
        { host: '127.0.0.1' },
      );
      const count = 1000;
      const child = spawnChild('lifecycle-read-buffers', {
        args: [String(fake.port), String(count), mode, String(count * LARGEST_KIB)],
        // malloc() maps each block of this size by itself, and unmaps it when it is freed.
        env: { MALLOC_MMAP_THRESHOLD_: String(LARGEST_KIB * 1024) },
      });
      defer(t, () => child.kill('SIGKILL'));
      await child.line(/^connected$/);
      for (const peer of fake.peers) peer.send(burst);
      await child.line(/^grown/);
      flooding = false;
      const { code, stdout, stderr } = await child.done;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.match(stdout, /^given back/m);
    });
  }
}

// Without the engine the library keeps its read buffer; a sanitizer keeps freed memory.
if (hasEngine() && !isSanitized(dynamicSymbols(addonFile()))) tests();
