// Ends a client or the process inside each callback. A fault would crash the process, or run a callback afterwards.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild } from '../support/child';
import { MODES } from '../support/drive';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const PROMPT = scaled(5000);

const CALLBACKS = [
  'on_log',
  'on_connect',
  'on_subscribe',
  'on_publish',
  'on_message',
  'on_unsubscribe',
  'on_disconnect',
];

// Each case runs in a process of its own: a crash is an exit code, and does not affect the other cases.
describe('in every callback', { concurrency: 3 }, () => {
  for (const mode of MODES) {
    for (const callback of CALLBACKS) {
      const run = (way: string): ReturnType<typeof runChild> =>
        runChild('lifecycle-in-callback', { args: [String(broker().port), mode, callback, way] });

      test(`process.exit() in ${callback} ends the process at once (${mode})`, limit, async () => {
        const { code, signal, stderr, ms } = await run('exit');
        assert.deepEqual({ code, signal, stderr }, { code: 7, signal: null, stderr: '' });
        assert.ok(ms < PROMPT, `${ms} ms`);
      });

      test(`an error thrown in ${callback} that nobody handles ends the process (${mode})`, limit, async () => {
        const { code, signal, stderr, ms } = await run('throw');
        assert.equal(signal, null, stderr);
        assert.ok(code !== null && code > 0 && code < 128, `exit code ${code}`);
        assert.match(stderr, new RegExp(`Error: thrown in ${callback}\\n`));
        assert.ok(ms < PROMPT, `${ms} ms`);
      });

      test(`destroy() in ${callback} is its last, and the process ends by itself (${mode})`, limit, async () => {
        const { code, signal, stdout, stderr, ms } = await run('destroy');
        assert.deepEqual(
          { code, signal, stdout, stderr },
          { code: 0, signal: null, stdout: 'destroyed\n', stderr: '' },
        );
        assert.ok(ms < PROMPT, `${ms} ms`);
      });
    }
  }
});
