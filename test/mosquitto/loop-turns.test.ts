// The README's loop must let Node's event loop run: otherwise it would starve timers, signals and other sockets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { clientFor, sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const broker = sharedBroker();

test('while (client.loop(10, 100) === 0) await turn() lets timers run', { timeout: scaled(30000) }, async (t) => {
  const client = clientFor(t);
  let ticks = 0;
  const ticker = setInterval(() => {
    ticks += 1;
    if (ticks === 20) client.disconnect();
  }, 1);
  t.after(() => {
    clearInterval(ticker);
  });
  assert.equal(client.connect(broker().host, broker().port), 0);
  while (client.loop(10, 100) === 0) await turn();
  assert.ok(ticks >= 20, `${ticks} ticks`);
});
