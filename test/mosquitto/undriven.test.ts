// Tests the warning of a client that connects and that no loop drives: it never does anything, which is the first
// mistake of a beginner. The process must warn once, and never while a loop drives the client.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild } from '../support/child';
import { brokerFor, refusedPortFor } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const WARNING = /\(LIBMOSQUITTO_NO_LOOP\)|\[LIBMOSQUITTO_NO_LOOP\]/g;

function run(port: number, how: string): ReturnType<typeof runChild> {
  return runChild('undriven', { args: [String(port), how], timeoutMs: 50_000 });
}

describe('a client that connects and that no loop drives', { concurrency: true }, () => {
  for (const how of ['nothing', 'many', 'blocking', 'busy']) {
    test(`warns, once, and says what to call (${how})`, limit, async (t) => {
      const { port } = await brokerFor(t);
      const { code, stderr } = await run(port, how);
      assert.equal(code, 0, stderr);
      assert.equal([...stderr.matchAll(WARNING)].length, 1, stderr);
      assert.match(stderr, /MosquittoWarning: A client connects, but no loop drives it/);
      assert.match(stderr, /loop_start\(\)/);
    });
  }

  for (const how of ['late', 'started', 'before', 'loop', 'parts', 'forever', 'destroyed']) {
    test(`no warning comes for a client that is driven or destroyed (${how})`, limit, async (t) => {
      const { code, stderr } = await run(await refusedPortFor(t), how);
      assert.equal(stderr, '');
      assert.equal(code, 0);
    });
  }
});
