import { strict as assert } from 'node:assert';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { spawnChild } from '../support/child';
import { brokerFor, defer } from '../support/scope';

// The example of the README is what most people try first: it has to work as it is printed.
test("the README's example runs", { timeout: 120_000 }, async (t) => {
  const broker = await brokerFor(t);
  const readme = readFileSync(join(__dirname, '..', '..', '..', 'README.md'), 'utf8');
  const printed = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(printed);
  assert.equal(printed.trimEnd().split('\n').length, 15);

  const name = `readme-${process.pid}`;
  const file = join(__dirname, `${name}.js`);
  const program = printed
    .replace(/^import ({.*}) from ('.*');$/m, 'const $1 = require($2);')
    .replace("'localhost', 1883", `'${broker.host}', ${broker.port}`);
  assert.ok(program.includes(String(broker.port)));
  writeFileSync(file, program);
  defer(t, () => {
    rmSync(file);
  });

  const child = spawnChild(join('..', 'examples', name));
  defer(t, () => {
    child.kill('SIGKILL');
  });
  await child.line(/^house\/kitchen\/temperature 21\.5$/);
  child.kill('SIGTERM');
  const { signal, stderr } = await child.done;
  assert.equal(stderr, '');
  assert.equal(signal, 'SIGTERM');
});
