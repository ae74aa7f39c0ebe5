import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { barePath, folderFor, installed, npmRun, root, run, succeed, tarball, withoutBinaries } from './package';
import { esm, program, smoke } from './smoke';

// Where the package has no binary for the platform: what its install script does, and what is said where it may not run.

const limit = { timeout: scaled(600_000) };
const broker = sharedBroker();

/** An empty folder of a user. */
function emptyFolder(t: TestContext, name?: string): string {
  const cwd = folderFor(t, name);
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n');
  return cwd;
}

/** The source of libmosquitto that this checkout builds. */
function source(): string {
  const module = pathToFileURL(join(root, 'scripts', 'libmosquitto', 'source.mjs')).href;
  const text = `import { findSource } from '${module}'; console.log((await findSource()).folder);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' }).trim();
}

const addonOf = (cwd: string): string =>
  join(cwd, 'node_modules', 'libmosquitto', 'build', 'Release', 'libmosquitto.node');

test('where there is a binary, the install script does nothing', limit, async (t) => {
  const cwd = emptyFolder(t);
  const { code, stdout, stderr } = await npmRun(['install', '--foreground-scripts', tarball()], {
    cwd,
    path: barePath(t),
  });
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /\[libmosquitto\]/);
  assert.equal(existsSync(join(cwd, 'node_modules', 'libmosquitto', 'build')), false);
  await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });
});

test(
  'where there is none, it builds: static, in a folder with spaces and letters that are not ASCII',
  limit,
  async (t) => {
    const cwd = emptyFolder(t, "build m\u00fcller's");
    const bare = await withoutBinaries(t);
    const env = { LIBMOSQUITTO_SOURCE: source() };
    const { code, stdout, stderr } = await npmRun(['install', '--foreground-scripts', bare], { cwd, env });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /\[libmosquitto\] built .*libmosquitto\.node/);
    const info = await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });
    assert.match(info.openssl, /^OpenSSL 3\./);
    assert.equal(existsSync(join(cwd, 'node_modules', 'libmosquitto', '.cache')), false);
  },
);

test(
  "without leave to run it, loading says what to type; that builds, here with the system's library",
  limit,
  async (t) => {
    const cwd = await installed(t, { package: await withoutBinaries(t), name: 'no scripts' });
    const script = program(cwd, 'user.mjs', esm);
    const refused = await run(process.execPath, [script, String(broker().port)], { cwd });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /AddonLoadError/);
    assert.match(refused.stderr, /this package has a binary for: no platform$/m);
    const command = /^ {2}to build it here: (.*)$/m.exec(refused.stderr)?.[1];
    assert.ok(command, refused.stderr);
    await succeed('sh', ['-c', command], { cwd, env: { LIBMOSQUITTO_SYSTEM: '1' } });
    assert.ok(existsSync(addonOf(cwd)));
    await smoke(process.execPath, [script], broker().port, { cwd }, 'system');
  },
);

test('where nothing is there to build with, it stops and names all that is missing', limit, async (t) => {
  const cwd = emptyFolder(t);
  const bare = await withoutBinaries(t);
  const { code, stderr } = await npmRun(['install', '--foreground-scripts', bare], { cwd, path: barePath(t) });
  assert.notEqual(code, 0);
  assert.match(stderr, /no binary of this package can be loaded here/);
  assert.match(stderr, /building libmosquitto from source needs the following/);
  for (const name of ['g\\+\\+', 'make', 'python3', 'libssl-dev']) {
    assert.match(stderr, new RegExp(`\\(Debian's package ${name}\\)`));
  }
});

for (const [asked, env, args] of [
  ['LIBMOSQUITTO_SYSTEM=1', { LIBMOSQUITTO_SYSTEM: '1' }, []],
  ['LIBMOSQUITTO_SOURCE', { LIBMOSQUITTO_SOURCE: '/nowhere' }, []],
  ['--build-from-source', {}, ['--build-from-source']],
] as const) {
  test(`${asked} asks for a build although there is a binary`, limit, async (t) => {
    const cwd = emptyFolder(t);
    const options = { cwd, env, path: barePath(t) };
    const { code, stderr } = await npmRun(['install', '--foreground-scripts', ...args, tarball()], options);
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`\\[libmosquitto\\] ${asked} asks for a build`));
    assert.match(stderr, /needs the following/);
  });
}
