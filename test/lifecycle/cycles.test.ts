// Tests that memory does not grow over many creations and connections of clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChild } from '../support/child';
import { sharedBroker } from '../support/scope';
import { SLOW, scaled } from '../support/wait';

const broker = sharedBroker();

// The allocator varies by a few MiB, whatever the number of cycles. A leak of a client's smallest part, its struct of 2
// KiB, would be 40 MiB. A leak of a connected client's socket buffer or event batch would be as large.
const LIMIT_KIB = 10 * 1024;
const CASES: Array<[name: string, life: string, cycles: number]> = [
  ['30,000 clients created and destroyed', 'none', 30_000],
  ['900 clients connected and destroyed (loop)', 'loop', 900],
  ['900 clients connected and destroyed (event loop)', 'event loop', 900],
  ['900 clients connected and destroyed (thread)', 'thread', 900],
];

for (const [name, life, cycles] of CASES) {
  test(`${name} leave nothing behind`, { timeout: scaled(60000) }, async () => {
    // A sanitizer keeps freed memory and looks for leaks itself, so fewer cycles run under it.
    const count = SLOW > 1 ? cycles / 10 : cycles;
    const args = [String(broker().port), life, String(count)];
    const child = await runChild('lifecycle-cycles', { args, nodeArgs: ['--expose-gc'], timeoutMs: 50000 });
    assert.deepEqual({ code: child.code, stderr: child.stderr }, { code: 0, stderr: '' });
    const more = JSON.parse(child.stdout);
    assert.ok(more.descriptors <= 0, `${more.descriptors} descriptors more`);
    if (SLOW === 1) assert.ok(more.KiB < LIMIT_KIB, `${more.KiB} KiB more`);
  });
}
