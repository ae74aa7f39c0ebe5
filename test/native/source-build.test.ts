// Tests builds from a user's own source of libmosquitto, and the errors when something is missing for a build.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build_info } from 'libmosquitto';
import { plainEnvironment } from '../support/environment';
import { scaled } from '../support/wait';
import { addonFile, dynamicSymbols, hasEngine, isSanitized } from './addon';

const limit = { timeout: scaled(120000) };
const root = dirname(require.resolve('libmosquitto/package.json'));
const config_script = join(root, 'scripts', 'libmosquitto', 'config.mjs');

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of the build; what it makes of libmosquitto goes to a cache of its own. */
function build(script: string, args: string[], env: Record<string, string>, uid?: number): Outcome {
  const {
    LIBMOSQUITTO_SOURCE: _source,
    LIBMOSQUITTO_SYSTEM: _system,
    INIT_CWD: _cwd,
    ...inherited
  } = plainEnvironment();
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    env: { ...inherited, ...env },
    encoding: 'utf8',
    ...(uid === undefined ? {} : { uid }),
  });
  return { code: status, stdout, stderr };
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-source-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Built {
  readonly source: string;
  readonly version: string;
  readonly link_flags: string[];
  readonly compile_flags: string[];
  readonly defines: string[];
  readonly headers: string[];
  readonly symbols: string[];
}

/** The flags, headers and symbols that the addon is built with, less the names of folders. */
function builtIn(cache: string): Built {
  const folder = join(cache, 'libmosquitto', 'static');
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const symbols = execFileSync('nm', ['--print-file-name', '--format=posix', join(folder, 'lib', 'libmosquitto.a')], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const headers = execFileSync('find', ['include', '-name', '*.h'], { cwd: folder, encoding: 'utf8' });
  return {
    source: config.source,
    version: config.version,
    link_flags: config.link_flags,
    compile_flags: config.compile_flags,
    defines: config.defines,
    headers: headers.split('\n').sort(),
    // archive[member.o]: name type value size. Values and sizes move with the length of a path in an assertion.
    symbols: symbols
      .split('\n')
      .map((line) => /\[.+\]: (\S+ \S)/.exec(line)?.[1] ?? '')
      .sort(),
  };
}

function fromSource(): void {
  let tree = '';
  let expected: Built;
  before(() => {
    const module = pathToFileURL(join(root, 'scripts', 'libmosquitto', 'source.mjs')).href;
    const program = `import { findSource } from '${module}'; console.log((await findSource()).folder);`;
    const args = ['--input-type=module', '-e', program];
    tree = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
    expected = builtIn(process.env.LIBMOSQUITTO_CACHE ?? join(root, '.cache'));
  });

  const assert_same = (built: Built, source: string): void => {
    assert.deepEqual(built, { ...expected, source });
    assert.ok(built.symbols.includes('mosquitto_connect T'));
  };

  test('a folder builds as the source package does', limit, (t) => {
    const work = folderFor(t);
    const folder = join(work, 'my mosquitto');
    cpSync(tree, folder, { recursive: true });
    const cache = join(work, 'cache');
    const { code, stdout, stderr } = build(config_script, ['version', 'static'], {
      LIBMOSQUITTO_SOURCE: folder,
      LIBMOSQUITTO_CACHE: cache,
    });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${build_info().libmosquitto}\n`);
    assert.equal(/WARNING/.test(stderr), !build_info().reviewed, stderr);
    assert_same(builtIn(cache), `folder ${folder}`);
  });

  test('a .tar.gz builds as the source package does, and a second build costs nothing', limit, (t) => {
    const work = folderFor(t);
    const release = `mosquitto-${build_info().libmosquitto}`;
    cpSync(tree, join(work, release), { recursive: true });
    rmSync(join(work, release, 'debian'), { recursive: true, force: true });
    execFileSync('tar', ['-czf', 'release.tar.gz', release], { cwd: work });
    rmSync(join(work, release), { recursive: true });
    const cache = join(work, 'cache');
    // The path is relative to the folder in which the user typed `npm run build`.
    const env = { LIBMOSQUITTO_SOURCE: 'release.tar.gz', LIBMOSQUITTO_CACHE: cache, INIT_CWD: work };
    const first = build(config_script, ['version', 'static'], env);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /building libmosquitto/);
    assert_same(builtIn(cache), 'tarball release.tar.gz');
    const second = build(config_script, ['version', 'static'], env);
    assert.deepEqual([second.code, second.stdout], [0, first.stdout]);
    assert.doesNotMatch(second.stderr, /building libmosquitto/);
  });

  const { static: known }: { static: { version: string }[] } = JSON.parse(
    readFileSync(join(root, 'native', 'libmosquitto', 'versions.json'), 'utf8'),
  );
  const reviewed = known[0]?.version ?? '';
  for (const [what, version, patch, warning] of [
    [
      'a version that was not reviewed',
      '2.1.99',
      '',
      `WARNING: libmosquitto 2\\.1\\.99 \\(folder .*changed\\) was not reviewed for this package\\. Reviewed: ${reviewed}`,
    ],
    [
      'a reviewed version with a source file of its own',
      reviewed,
      '/* a patch */\n',
      `WARNING: libmosquitto ${reviewed} \\(folder .*\\), with source files that differ from the release, was not reviewed`,
    ],
  ] as const) {
    test(`${what} builds with a warning, and build_info() will say so`, limit, (t) => {
      const folder = join(folderFor(t), 'changed');
      cpSync(tree, folder, { recursive: true });
      const file = join(folder, 'config.mk');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^VERSION=.*/m, `VERSION=${version}`));
      appendFileSync(join(folder, 'lib', 'handle_pubrel.c'), patch);
      const env = { LIBMOSQUITTO_SOURCE: folder, LIBMOSQUITTO_CACHE: join(dirname(folder), 'cache') };
      const { code, stderr } = build(config_script, ['version', 'static'], env);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(warning));
      assert.match(stderr, /build_info\(\)\.reviewed is false/);
      // The library exists already. The build of the addon must still warn.
      assert.match(build(config_script, ['version', 'static'], env).stderr, new RegExp(warning));
      // A build asks for several fields. One of them alone brings the warning.
      const defines = build(config_script, ['defines', 'static'], env);
      assert.deepEqual(defines, { code: 0, stdout: 'LIBMOSQUITTO_STATIC\nLIBMOSQUITTO_REVIEWED=false\n', stderr: '' });
    });
  }

  for (const [what, make, message] of [
    ['a path that does not exist', (): void => undefined, /there is no .*given/],
    [
      'a folder of something else',
      (path: string): void => {
        mkdirSync(path);
      },
      /not a source tree of mosquitto: config\.mk or lib\/connect\.c is missing/,
    ],
    [
      'a release that is too old',
      (path: string): void => {
        mkdirSync(join(path, 'lib'), { recursive: true });
        writeFileSync(join(path, 'config.mk'), 'VERSION=1.6.12\n');
        writeFileSync(join(path, 'lib', 'connect.c'), '');
      },
      /is mosquitto 1\.6\.12; 2\.1 or newer is needed/,
    ],
  ] as const) {
    test(`${what}: the build stops and says so`, limit, (t) => {
      const work = folderFor(t);
      make(join(work, 'given'));
      const { code, stderr } = build(config_script, ['version', 'static'], {
        LIBMOSQUITTO_SOURCE: join(work, 'given'),
        LIBMOSQUITTO_CACHE: join(work, 'cache'),
      });
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m, 'a message, not a stack');
      assert.equal(existsSync(join(work, 'cache', 'libmosquitto')), false);
    });
  }
}

/** A folder to be the whole PATH: nothing but links to these programs. */
function pathOf(t: TestContext, programs: Record<string, string>): string {
  const parent = folderFor(t);
  chmodSync(parent, 0o755);
  const folder = join(parent, 'bin');
  mkdirSync(folder);
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(folder, name));
  return folder;
}

function found(...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, execFileSync('which', [name], { encoding: 'utf8' }).trim()] as const),
  );
}

function notMade(): void {
  const setup = join(root, 'scripts', 'setup.mjs');

  const assert_stopped = ({ code, stdout, stderr }: Outcome, ...named: RegExp[]): void => {
    assert.equal(code, 1);
    assert.equal(stdout, '');
    for (const pattern of named) assert.match(stderr, pattern);
    assert.doesNotMatch(stderr, /^\s+at /m, 'a message, not a stack');
  };

  test('neither tools nor a package manager: it names each thing to install', limit, (t) => {
    const PATH = pathOf(t, { node: process.execPath });
    const outcome = build(setup, [], { PATH, LIBMOSQUITTO_CACHE: join(PATH, 'cache') });
    assert_stopped(
      outcome,
      /the build needs the following/,
      /compiler.*g\+\+/,
      /make/,
      /python3/,
      /libssl\.a.*libssl-dev/,
    );
  });

  test("the same for the system's libmosquitto", limit, (t) => {
    const PATH = pathOf(t, { node: process.execPath });
    const env = { PATH, LIBMOSQUITTO_CACHE: join(PATH, 'cache'), LIBMOSQUITTO_SYSTEM: '1' };
    assert_stopped(
      build(setup, [], env),
      /the build needs the following/,
      /pkg-config/,
      /libmosquitto 2\.0\.11.*libmosquitto-dev/,
    );
  });

  test('all tools, but neither Debian nor a source: it names both ways to go on', limit, (t) => {
    const tools = found('cc', 'g++', 'make', 'python3', 'as', 'ld');
    const PATH = pathOf(t, { node: process.execPath, ...tools });
    const outcome = build(config_script, ['version', 'static'], { PATH, LIBMOSQUITTO_CACHE: join(PATH, 'cache') });
    assert_stopped(
      outcome,
      /no apt-get/,
      /LIBMOSQUITTO_SOURCE=<folder or \.tar\.gz>/,
      /LIBMOSQUITTO_SYSTEM=1/,
      /libmosquitto-dev/,
    );
  });

  // Root alone can become another user, who may not be able to read this checkout.
  const nobody = 65534;
  if (process.getuid?.() !== 0 || spawnSync('cat', [setup], { uid: nobody, stdio: 'ignore' }).status !== 0) return;

  test('Debian, but not root: it gives the command to type', limit, (t) => {
    const PATH = pathOf(t, { node: process.execPath, 'apt-get': '/bin/false' });
    const outcome = build(setup, [], { PATH, LIBMOSQUITTO_CACHE: '/nonexistent' }, nobody);
    assert_stopped(
      outcome,
      /sudo apt-get update && sudo apt-get install -y --no-install-recommends .*g\+\+.*libssl-dev/,
    );
  });
}

// These tests concern only the scripts and the library of the ordinary addon. They need not run with other addons.
if (hasEngine() && !isSanitized(dynamicSymbols(addonFile()))) {
  describe('libmosquitto from a source of the user', fromSource);
  describe('where a build cannot be made', notMade);
}
