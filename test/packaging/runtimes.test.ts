import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../support/wait';
import { installed, peer, run } from './package';
import { program } from './smoke';

// Tests the error in runtimes that lack functions of libuv. If they loaded the addon, Bun would abort the process, and
// Deno's linker would refuse it without the reason.

const limit = { timeout: scaled(120_000) };

const names = 'name, code, message, looked_for';
const caught = `(error) => { const { ${names} } = error; console.log(JSON.stringify({ ${names} })); }`;
const programs = {
  'user.cjs': `try { require('libmosquitto'); } catch (error) { (${caught})(error); }`,
  'user.mjs': `await import('libmosquitto').catch(${caught});`,
};

for (const [name, runtime, args] of [
  ['bun', 'Bun', []],
  ['deno', 'Deno', ['run', '--allow-all']],
  // Only the permission to read files: the error has to come before any question for another permission.
  ['deno', 'Deno', ['run', '--no-prompt', '--allow-read']],
] as const) {
  test(`${[name, ...args].join(' ')}: loading the package throws an error that says what is true`, limit, async (t) => {
    const cwd = await installed(t);
    const [executable, ...first] = peer(name);
    for (const [file, text] of Object.entries(programs)) {
      const outcome = await run(executable, [...first, ...args, program(cwd, file, text)], { cwd });
      assert.deepEqual([outcome.code, outcome.stderr], [0, ''], `${file}: ${outcome.stderr}`);
      const { message, ...error } = JSON.parse(outcome.stdout);
      assert.deepEqual(error, { name: 'AddonLoadError', code: 'ERR_LIBMOSQUITTO_ADDON', looked_for: [] });
      const [first_line, ...lines] = message.split('\n');
      assert.match(first_line, new RegExp(`could not be loaded on linux-\\w+ with ${runtime} \\d+\\.\\d+\\.\\d+\\.$`));
      assert.deepEqual(lines, [
        `  reason: ${runtime} lacks functions of libuv that the addon calls`,
        `  libmosquitto does not support ${runtime} yet: run the program with Node.js 20 or newer`,
      ]);
    }
  });
}
