import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info } from 'libmosquitto';
import { runChild } from '../support/child';
import { fakeBrokerFor } from '../support/scope';
import { scaled } from '../support/wait';

// The system's library keeps the buffer that it has.
if (build_info().linkage === 'static') {
  // With 4 KiB of it for reading, a connection takes 7.5 KiB of the C library's heap.
  test('a connection on which nothing comes holds no memory for much', { timeout: scaled(60000) }, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => void (await peer.accept()), { host: '127.0.0.1' });
    const { code, stdout, stderr } = await runChild('lifecycle-many-clients', { args: [String(fake.port), '1000'] });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const { bytesEach } = JSON.parse(stdout) as { bytesEach: number };
    assert.ok(bytesEach < 5500, `${bytesEach} bytes each`);
  });
}
