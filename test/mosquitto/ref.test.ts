// Tests ref() and unref(), which decide whether a running loop keeps the process alive.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChild } from '../support/child';
import { clientFor, sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

test('ref() and unref() return the client', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.unref(), client);
  assert.equal(client.ref(), client);
});

for (const mode of ['event loop', 'thread', 'forever'] as const) {
  for (const when of ['before', 'after'] as const) {
    test(`unref() ${when} the start: a running loop does not keep the process alive (${mode})`, limit, async () => {
      const child = await runChild('mosquitto-unref', { args: [broker().host, String(broker().port), mode, when] });
      assert.equal(child.stderr, '');
      assert.equal(child.stdout, 'connected\nstill alive\nexit 0\n');
      assert.equal(child.signal, null);
    });
  }
}
