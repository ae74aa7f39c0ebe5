// The README's first program is the first one that a user runs. It must work unchanged in both module systems, end by
// itself, and print why it cannot connect.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connack_string } from 'libmosquitto';
import { type ChildResult, runChild } from '../support/child';
import { refusedPortFor, sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const root = join(__dirname, '..', '..', '..');
const broker = sharedBroker();

function run(file: string, port: number): Promise<ChildResult> {
  return runChild(join('..', '..', '..', 'examples', file), { args: ['127.0.0.1', String(port)] });
}

describe("the README's first program", () => {
  for (const file of ['first.mjs', 'first.cjs']) {
    test(`${file} gets its message, and ends by itself`, limit, async () => {
      const { code, stdout, stderr } = await run(file, broker().port);
      assert.equal(stderr, '');
      assert.equal(stdout, `broker: ${connack_string(0)}\nfirst/temperature: 21.5\n`);
      assert.equal(code, 0);
    });

    test(`${file} says why there is no connection`, limit, async (t) => {
      const port = await refusedPortFor(t);
      const { code, stderr } = await run(file, port);
      assert.equal(stderr, `Connecting to 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)\n`);
      assert.equal(code, 1);
    });
  }

  test('the README contains first.mjs', () => {
    const program = readFileSync(join(root, 'examples', 'first.mjs'), 'utf8');
    const code = program.split('\n').slice(2).join('\n').trim();
    assert.ok(readFileSync(join(root, 'README.md'), 'utf8').includes(`\`\`\`js\n// first.mjs\n${code}\n\`\`\``));
  });
});
