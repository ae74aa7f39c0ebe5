import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scaled } from '../support/wait';
import { folderFor, type Outcome, root, run, succeed } from './package';

// The gate on prose, scripts/prose.mjs, must refuse each fault, and accept good text.

const limit = { timeout: scaled(60_000) };

function folderWith(t: TestContext, files: Record<string, string>): string {
  const cwd = folderFor(t, 'repository');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  return cwd;
}

function gate(cwd: string): Promise<Outcome> {
  return run(process.execPath, [join(root, 'scripts', 'prose.mjs'), cwd], { cwd });
}

async function assertRefused(cwd: string, places: string[]): Promise<void> {
  const { code, stderr } = await gate(cwd);
  assert.equal(code, 1, stderr);
  const lines = stderr.trimEnd().split('\n').slice(0, -1);
  assert.deepEqual(lines.toSorted(), places.toSorted());
}

async function assertTaken(cwd: string): Promise<void> {
  const { code, stdout, stderr } = await gate(cwd);
  assert.equal(code, 0, stdout + stderr);
}

const FAULTS: Record<string, { text: string; places: string[] }> = {
  'lib/a.ts': {
    text: [
      '/** What it is. */',
      'export const text = `// What` + f(/* who asks */); // of a thing',
      'const slashes = /\\/\\/ What/;',
      '// Begins well. What follows begins badly. (Who asks?) It ends well.',
      '// Of this comment, this is another sentence. Where it stands: here. Where it ends.',
      '//',
      '// Where a comma follows, a clause ends.',
      'export const other = slashes; // So that',
      '  // Of a comment of its own.',
      '/**',
      ' * So that it begins on a line of its own.',
      ' */',
    ].join('\n'),
    places: [
      'lib/a.ts:1: What it is.',
      'lib/a.ts:2: who asks',
      'lib/a.ts:2: of a thing',
      'lib/a.ts:4: What follows begins badly.',
      'lib/a.ts:4: (Who asks?)',
      'lib/a.ts:4: Of this comment, this is another sentence.',
      'lib/a.ts:4: Where it stands: here.',
      'lib/a.ts:4: Where it ends.',
      'lib/a.ts:8: So that',
      'lib/a.ts:9: Of a comment of its own.',
      'lib/a.ts:10: So that it begins on a line of its own.',
    ],
  },
  'scripts/a.mjs': { text: 'f(); // ... what it does', places: ['scripts/a.mjs:1: ... what it does'] },
  'native/a.cc': {
    text: [
      'const char* const url = "mqtt://host"; /* what is connected to */',
      "const int n = 1'000; // who asks",
      'const char* const raw = R"x(",//What)x"; const char quote = \'"\'; // Of both',
    ].join('\n'),
    places: ['native/a.cc:1: what is connected to', 'native/a.cc:2: who asks', 'native/a.cc:3: Of both'],
  },
  'CMakeLists.txt': { text: 'set(A 1) # What for', places: ['CMakeLists.txt:1: What for'] },
  '.github/workflows/ci.yml': { text: '\n# Who runs\non: push\n', places: ['.github/workflows/ci.yml:2: Who runs'] },
  '.ci/run': { text: '#!/bin/sh\n# What\n#  must pass\n', places: ['.ci/run:2: What must pass'] },
};

for (const [name, { text, places }] of Object.entries(FAULTS)) {
  test(`refuses comments of ${name}`, limit, (t) => assertRefused(folderWith(t, { [name]: text }), places));
}

test('takes other comments, strings, and text that is no source', limit, (t) =>
  assertTaken(
    folderWith(t, {
      'lib/a.ts': "// Whether it works.\n/** Often. */\nexport const a = '// What'; // 2 of 3\n// `what` is a name.\n",
      'lib/b.ts':
        '// It tells what it is, e.g. what for. Where there is none, it tells so; Whatever. Offices. `Who` asks.\n',
      'native/a.h': 'const char* const a = "/* What"; // Whoever\nconst char* const b = "*/ // Of";\n',
      '.ci/run': '#!/bin/sh\necho a#What $#\n',
      'native/README.md': '# What\n',
    }),
  ),
);

// Every commit of a repository without the project's history is newer than the rule.
async function repositoryWith(t: TestContext, subjects: string[]): Promise<string> {
  const cwd = folderWith(t, {});
  const git = (...args: string[]): Promise<string> => succeed('git', args, { cwd });
  await git('init', '--quiet');
  for (const subject of subjects) {
    const person = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.invalid'];
    await git(...person, 'commit', '--quiet', '--allow-empty', '--message', subject);
  }
  return cwd;
}

test('refuses the subjects of commits', limit, async (t) => {
  const long = 'x'.repeat(73);
  const cwd = await repositoryWith(t, ['Begin', 'What it does', long, 'So that it works', 'x'.repeat(72)]);
  const hashes = (await succeed('git', ['log', '--format=%h'], { cwd })).trim().split('\n');
  await assertRefused(cwd, [
    `commit ${hashes[3]}: What it does`,
    `commit ${hashes[2]}: 73 characters: ${long}`,
    `commit ${hashes[1]}: So that it works`,
  ]);
});

test('takes a shallow clone, and a folder without commits', limit, async (t) => {
  const origin = await repositoryWith(t, ['What it does', 'Do it']);
  const clone = join(folderFor(t, 'clone'), 'repository');
  await succeed('git', ['clone', '--quiet', '--depth', '1', `file://${origin}`, clone], { cwd: origin });
  await assertTaken(clone);
  await assertTaken(await repositoryWith(t, []));
});
