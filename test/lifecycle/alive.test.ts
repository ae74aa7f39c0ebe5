// Tests which loops keep the process alive. A fault would end a program too early, or never.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild, spawnChild } from '../support/child';
import { refusedPortFor, sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const PROMPT = scaled(8000);

const STAYS = [
  'stays',
  'stays without a connection',
  'stays after unref() and ref()',
  'stays while it waits for the next attempt',
];

const ENDS: Record<string, string> = {
  'disconnect(), loop_stop()': 'on_connect 0\non_disconnect 0\n',
  'disconnect(), then loop_stop() in on_disconnect': 'on_connect 0\non_disconnect 0\n',
  'disconnect(), then loop_stop() a second later': 'on_connect 0\non_disconnect 0\n',
  'loop_stop() alone': 'on_connect 0\n',
  'loop_stop(true)': 'on_connect 0\n',
  'loop_stop() before any connection': 'stopping\n',
  'unref() when connected': 'on_connect 0\n',
  'destroy()': 'on_connect 0\n',
  'destroy() while it waits for the next attempt': '',
  'disconnect(), loop_stop() while it waits for the next attempt': '',
  'no loop at all': '',
  'loop_forever() and disconnect()': 'on_disconnect 0\nloop_forever 0\n',
};

describe('a process', { concurrency: 4 }, () => {
  for (const mode of ['event loop', 'thread']) {
    for (const way of STAYS) {
      test(`${way}, and SIGTERM ends it (${mode})`, limit, async (t) => {
        const port = way.includes('next attempt') ? await refusedPortFor(t) : broker().port;
        const child = spawnChild('lifecycle-alive', { args: [String(port), mode, way] });
        await child.line(/^still here$/);
        child.kill('SIGTERM');
        const { code, signal, stderr } = await child.done;
        assert.deepEqual({ code, signal, stderr }, { code: null, signal: 'SIGTERM', stderr: '' });
      });
    }

    for (const [way, output] of Object.entries(ENDS)) {
      test(`ends by itself: ${way} (${mode})`, limit, async (t) => {
        const port = way.includes('next attempt') ? await refusedPortFor(t) : broker().port;
        const child = await runChild('lifecycle-alive', { args: [String(port), mode, way] });
        const { code, signal, stdout, stderr, ms } = child;
        assert.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: output });
        if (way === 'no loop at all') assert.match(stderr, /^\(node:\d+\) \[LIBMOSQUITTO_NO_LOOP\] MosquittoWarning: /);
        else assert.equal(stderr, '');
        assert.ok(ms < PROMPT, `${ms} ms`);
      });
    }

    // The test does not depend on whether the process lives long enough for on_connect.
    test(`ends by itself: unref() before the loop (${mode})`, limit, async () => {
      const args = [String(broker().port), mode, 'unref() before the loop'];
      const { code, signal, stderr, ms } = await runChild('lifecycle-alive', { args });
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
      assert.ok(ms < PROMPT, `${ms} ms`);
    });
  }
});
