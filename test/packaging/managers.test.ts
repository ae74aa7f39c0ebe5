import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { barePath, folderFor, type Outcome, peer, run, succeed, tarball } from './package';
import { commonjs, esm, program, smoke } from './smoke';

// Tests that each package manager installs the tarball with its defaults. An install script, or a file that a manager
// takes for one, would make pnpm exit with 1, and the others warn.

const limit = { timeout: scaled(180_000) };
const broker = sharedBroker();

interface Manager {
  /** The words that a user types to install the tarball. */
  readonly add: (file: string) => string[];
  /** The words that a user types before the name of a package's command. */
  readonly exec: string[];
  /** The words that a user types before the name of a program in JavaScript; without them it is Node itself. */
  readonly node?: string[];
  readonly env?: (cwd: string) => Record<string, string>;
  /** The manager's message that it found a script, and did not run it. */
  readonly complaint: RegExp;
}

const npm: Manager = {
  add: (file) => ['install', '--no-audit', '--no-fund', file],
  exec: ['exec', '--offline', '--'],
  complaint: /allow-scripts|install-scripts/,
};

const yarn: Manager = {
  add: (file) => ['add', `libmosquitto@file:${file}`],
  exec: ['run'],
  env: (cwd) => ({
    YARN_GLOBAL_FOLDER: join(cwd, '.global'),
    YARN_ENABLE_TELEMETRY: 'false',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  }),
  complaint: /YN0004|YN0005|build scripts/,
};

const managers: Record<string, [name: string, manager: Manager, files?: Record<string, string>]> = {
  'npm 10': ['npm10', npm],
  'npm 11': ['npm11', npm],
  'npm 12': ['npm12', npm],
  'pnpm 12': [
    'pnpm',
    {
      add: (file) => ['add', file],
      exec: ['exec'],
      env: (cwd) => ({ npm_config_store_dir: join(cwd, '.store') }),
      complaint: /ignored build scripts|approve-builds/i,
    },
  ],
  'yarn 4 with node_modules': ['yarn', yarn, { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' }],
  "yarn 4 with Plug'n'Play": [
    'yarn',
    { ...yarn, node: ['node'] },
    { '.yarnrc.yml': 'pnpEnableEsmLoader: true\n', 'yarn.lock': '' },
  ],
  bun: [
    'bun',
    {
      add: (file) => ['add', file],
      exec: ['run'],
      env: (cwd) => ({ BUN_INSTALL_CACHE_DIR: join(cwd, '.cache') }),
      complaint: /blocked|untrusted/i,
    },
  ],
};

/** The package with an added install script. */
async function withScript(t: TestContext): Promise<string> {
  const cwd = folderFor(t, 'unpacked');
  await succeed('tar', ['-xzf', tarball()], { cwd });
  const file = join(cwd, 'package', 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.scripts.install = 'node -e 0';
  writeFileSync(file, JSON.stringify(manifest));
  const changed = join(cwd, 'libmosquitto.tgz');
  await succeed('tar', ['-czf', changed, 'package'], { cwd });
  return changed;
}

for (const [title, [name, manager, files = {}]] of Object.entries(managers)) {
  describe(title, () => {
    const { add, exec, node, env = () => ({}), complaint } = manager;
    let command: readonly [string, ...string[]] = [''];
    before(() => {
      command = peer(name);
    });

    const user = (t: TestContext): string => {
      const cwd = folderFor(t);
      program(cwd, 'package.json', '{ "name": "user", "private": true }\n');
      for (const [file, text] of Object.entries(files)) program(cwd, file, text);
      return cwd;
    };

    /** The manager in an environment without a compiler. */
    const type = (t: TestContext, cwd: string, args: string[]): Promise<Outcome> => {
      const [executable, ...first] = command;
      const options = { cwd, env: env(cwd), path: barePath(t) };
      return run(executable, [...first, ...args], options);
    };

    test('installs the package without a word about scripts; it works, and its command is there', limit, async (t) => {
      const cwd = user(t);
      const { code, stdout, stderr } = await type(t, cwd, add(tarball()));
      assert.equal(code, 0, stdout + stderr);
      assert.doesNotMatch(stdout + stderr, complaint);

      const scripts = [program(cwd, 'user.mjs', esm), program(cwd, 'user.cjs', commonjs)];
      const [executable, ...first] = node === undefined ? [process.execPath] : [...command, ...node];
      for (const script of scripts) {
        await smoke(executable, [...first, script], broker().port, { cwd, env: env(cwd) });
      }

      const help = await type(t, cwd, [...exec, 'libmosquitto', 'help']);
      assert.equal(help.code, 0, help.stdout + help.stderr);
      assert.match(help.stdout, /usage: libmosquitto COMMAND/);
    });
  });
}

// Managers do print the complaint that the tests above look for; otherwise those tests would pass with a script, too.
for (const [title, code] of [
  ['npm 12', 0],
  ['pnpm 12', 1],
  ['yarn 4 with node_modules', 0],
  ['bun', 0],
] as const) {
  test(`${title} does complain of an install script`, limit, async (t) => {
    const [name, { add, env = () => ({}), complaint }, files = {}] = managers[title] ?? assert.fail(title);
    const cwd = folderFor(t);
    program(cwd, 'package.json', '{ "name": "user", "private": true }\n');
    for (const [file, text] of Object.entries(files)) program(cwd, file, text);
    const [executable, ...first] = peer(name);
    const file = await withScript(t);
    const outcome = await run(executable, [...first, ...add(file)], { cwd, env: env(cwd), path: barePath(t) });
    assert.equal(outcome.code, code, outcome.stdout + outcome.stderr);
    assert.match(outcome.stdout + outcome.stderr, complaint);
  });
}
