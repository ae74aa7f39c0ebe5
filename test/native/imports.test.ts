import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { plainEnvironment } from '../support/environment';
import { scaled } from '../support/wait';

// Tests the rules of .dependency-cruiser.json on trees that break them. A tool that no longer sees types or TypeScript
// would find nothing in lib/ either, and pass.

const limit = { timeout: scaled(30_000) };
const root = dirname(require.resolve('libmosquitto/package.json'));

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** The violations of a tree in which each `file` imports a type of its `imported`: 'rule: file, imported'. */
function violations(t: TestContext, imports: ReadonlyArray<readonly [file: string, imported: string]>): string[] {
  const cwd = mkdtempSync(join(tmpdir(), 'libmosquitto-imports-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const texts = new Map(imports.flat().map((file) => [file, 'export type T = 0;\n']));
  for (const [file, imported] of imports) {
    const path = '../'.repeat(file.split('/').length - 1) + imported;
    texts.set(file, `import type { T } from '${path}';\nexport type U = T;\n${texts.get(file)}`);
  }
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, `${file}.ts`), text);
  }
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = ['--config', join(root, '.dependency-cruiser.json'), '--output-type', 'json', 'lib'];
  const text = execFileSync(process.execPath, [tool, ...args], { cwd, encoding: 'utf8', env: plainEnvironment() });
  const { summary } = JSON.parse(text);
  assert.equal(summary.totalCruised, texts.size);
  return (summary.violations as Violation[])
    .map(({ rule, from, to }) => `${rule.name}: ${from}, ${to}`.replaceAll('.ts', ''))
    .sort();
}

test('a circular import is found, of types too', limit, (t) => {
  const found = violations(t, [
    ['lib/native/one', 'lib/native/two'],
    ['lib/native/two', 'lib/native/three'],
    ['lib/native/three', 'lib/native/one'],
    ['lib/native/four', 'lib/native/one'],
  ]);
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', /^no-circle: lib\/native\/(one|two|three), /);
});

test('a folder of lib may import itself and lib/native, the command line itself alone', limit, (t) => {
  const folders = ['mosquitto', 'client', 'mqttjs', 'cli', 'native'];
  const allowed = [
    ...folders.map((folder) => [`lib/${folder}/deep/from`, `lib/${folder}/part`] as const),
    ...folders.map((folder) => ['lib/index', `lib/${folder}/part`] as const),
    ...['mosquitto', 'client', 'mqttjs'].map((face) => [`lib/${face}/to-native`, 'lib/native/part'] as const),
  ];
  const forbidden = [
    ...folders.flatMap((from) =>
      ['mosquitto', 'client', 'mqttjs', 'cli']
        .filter((to) => to !== from)
        .map((to) => [`lib/${from}/to-${to}`, `lib/${to}/part`] as const),
    ),
    ...folders.map((from) => [`lib/${from}/to-top`, 'lib/entry'] as const),
  ];
  assert.deepEqual(violations(t, [...allowed, ...forbidden, ['lib/cli/to-native', 'lib/native/part']]), [
    'cli-without-addon: lib/cli/to-native, lib/native/part',
    ...forbidden.map(([from, to]) => `only-native-is-shared: ${from}, ${to}`).sort(),
  ]);
});

test('repairs/ and engine/ of native/libmosquitto include nothing of each other', () => {
  const folder = join(root, 'native', 'libmosquitto');
  const parts = ['repairs', 'engine'];
  const included = parts.flatMap((part) =>
    readdirSync(join(folder, part)).flatMap((file) => {
      const text = readFileSync(join(folder, part, file), 'utf8');
      return [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => ({ part, file, name: String(name) }));
    }),
  );
  const headers = new Map(
    parts.map((part) => [part, readdirSync(join(folder, part)).filter((file) => file.endsWith('.h'))]),
  );
  assert.ok(included.some(({ name }) => name === '../hooks.h'));
  const foreign = included.filter(({ part, name }) => {
    const others = parts.filter((other) => other !== part);
    return others.some((other) => name.includes(`${other}/`) || headers.get(other)?.includes(name));
  });
  assert.deepEqual(foreign, []);
});
