// Calls destroy() at each stage of a connection. A fault would crash the process or keep it alive.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { runChild } from '../support/child';
import { refusedPortFor, sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { fullPortFor } from './full-port';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const PROMPT = scaled(5000);

const there = async (): Promise<number> => broker().port;
const STAGES: Array<[stage: string, port: (t: TestContext) => Promise<number>]> = [
  ['before anything', there],
  ['after loop_start()', there],
  ['in the same turn as connect_async()', there],
  ['after connect_async() without a loop', there],
  ['while the name is looked up', there],
  ['a turn after the look-up has begun', there],
  ['in the same turn as connect_async()', fullPortFor],
  ['while connecting', fullPortFor],
  ['process.exit() while connecting', fullPortFor],
  ['while the next attempt is due', refusedPortFor],
  ['before the CONNACK', there],
  ['under traffic', there],
  ['after disconnect()', there],
  ['after disconnect(), loop_stop()', there],
  ['in the midst of loop_forever()', there],
];

describe('destroy() at every stage, and the process ends by itself', { concurrency: 3 }, () => {
  for (const mode of ['event loop', 'thread']) {
    for (const [stage, portFor] of STAGES) {
      const place = portFor === fullPortFor ? 'a port that never answers, ' : '';
      test(`${stage} (${place}${mode})`, limit, async (t) => {
        const args = [String(await portFor(t)), mode, stage];
        const { code, signal, stdout, stderr, ms } = await runChild('lifecycle-destroy', { args });
        assert.deepEqual(
          { code, signal, stdout, stderr },
          { code: 0, signal: null, stdout: 'destroyed\n', stderr: '' },
        );
        assert.ok(ms < PROMPT, `${ms} ms`);
      });
    }
  }
});
