// Tests clients whose JavaScript thread is blocked for longer than the keepalive. The network thread must send pings
// and lose no message.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spawnChild } from '../support/child';
import { brokerFor, clientFor, driveFor } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

describe('a JavaScript thread that is blocked for 15 s, with keepalive 5', { concurrency: true }, () => {
  for (const how of ['asleep', 'at work']) {
    test(`keeps its connections in thread mode and loses nothing (${how})`, { timeout: scaled(60000) }, async (t) => {
      const broker = await brokerFor(t);
      const peer = clientFor(t, 'peer');
      driveFor(t, peer, 'event loop');
      await connectTo(peer, broker);
      await subscribeTo(peer, 'out', 2);
      const out = collect(peer);
      const child = spawnChild('lifecycle-blocked', { args: [String(broker.port), how], timeoutMs: 50000 });
      await child.line(/^blocked$/);

      // Messages that were published just before the thread blocks leave nevertheless.
      await until(
        () => out.length === 100,
        () => `100 messages; ${out.length} have come`,
        5000,
      );
      let awake = false;
      const waking = child.line(/^awake$/).then(() => {
        awake = true;
      });
      assert.equal(awake, false);

      let sent = 0;
      const timer = setInterval(() => {
        peer.publish('in/t', String(sent), (sent % 3) as 0 | 1 | 2);
        sent += 1;
      }, 50);
      try {
        await waking;
      } finally {
        clearInterval(timer);
      }
      peer.publish('in/t', 'end', 2);
      const { code, signal, stdout, stderr } = await child.done;
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
      const { ms, losses, numbers } = JSON.parse(stdout.split('\n')[2] ?? '');
      assert.ok(ms >= 15000, `blocked for ${ms} ms`);
      assert.deepEqual(losses, []);
      assert.ok(sent > 50, `${sent} messages in 15 s`);
      assert.deepEqual(
        numbers.map(Number).sort((a: number, b: number) => a - b),
        Array.from({ length: sent }, (_, number) => number),
      );
      assert.doesNotMatch(broker.log(), /exceeded timeout/);
    });
  }
});
