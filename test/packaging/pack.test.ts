import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scaled } from '../support/wait';
import { checkout, filesIn, npmRun, type Outcome, root, succeed, tarball } from './package';

// Tests npm pack and npm publish in a checkout. The registry would accept a package without binaries, which would work
// nowhere.

const limit = { timeout: scaled(180_000) };

/** The binary of the tests' package, under the names of these platforms. */
async function withBinaries(t: TestContext, ...platforms: string[]): Promise<string> {
  const cwd = checkout(t);
  for (const name of ['docs', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'THIRD-PARTY.md', 'LICENSE']) {
    cpSync(join(root, name), join(cwd, name), { recursive: true });
  }
  await succeed('tar', ['-xzf', tarball(), '--strip-components=1', 'package/prebuilds'], { cwd });
  const [file = ''] = filesIn(join(cwd, 'prebuilds'));
  assert.match(file, /\.node$/);
  const binary = join(cwd, 'binary');
  copyFileSync(join(cwd, 'prebuilds', file), binary);
  await succeed('rm', ['-r', 'prebuilds'], { cwd });
  for (const platform of platforms) {
    mkdirSync(join(cwd, 'prebuilds', platform), { recursive: true });
    copyFileSync(binary, join(cwd, 'prebuilds', platform, 'libmosquitto.glibc.node'));
  }
  return cwd;
}

const env = { LIBMOSQUITTO_CACHE: join(root, '.cache') };
const pack = (cwd: string): Promise<Outcome> => npmRun(['pack'], { cwd, env });
const tarballs = (cwd: string): string[] => readdirSync(cwd).filter((name) => name.endsWith('.tgz'));

test('npm pack in a fresh clone makes nothing, and says what makes the binaries', limit, async (t) => {
  const cwd = await withBinaries(t);
  const { code, stderr } = await pack(cwd);
  assert.notEqual(code, 0);
  assert.match(stderr, /there is no binary for linux-x64, linux-arm64 .*To make it: npm run prebuilds/);
  assert.deepEqual(tarballs(cwd), []);
  assert.equal(existsSync(join(cwd, 'dist')), false);
});

test('npm publish does not begin either', limit, async (t) => {
  const cwd = await withBinaries(t);
  const nowhere = { ...env, npm_config_registry: 'http://127.0.0.1:9/' };
  const { code, stderr } = await npmRun(['publish', '--dry-run'], { cwd, env: nowhere });
  assert.notEqual(code, 0);
  assert.match(stderr, /there is no binary for linux-x64, linux-arm64 /);
});

test('one platform is not enough, nor is a binary that the tests made', limit, async (t) => {
  const cwd = await withBinaries(t, 'linux-x64');
  const first = await pack(cwd);
  assert.notEqual(first.code, 0);
  assert.match(first.stderr, /there is no binary for linux-arm64 /);
  cpSync(join(cwd, 'prebuilds', 'linux-x64'), join(cwd, 'prebuilds', 'linux-arm64'), { recursive: true });
  writeFileSync(join(cwd, 'prebuilds', 'linux-x64', '.host-build'), '{}');
  const second = await pack(cwd);
  assert.notEqual(second.code, 0);
  assert.match(second.stderr, /there is no binary for linux-x64 /);
  assert.deepEqual(tarballs(cwd), []);
});

test('with the binaries npm pack makes the package, with no switch of the tests', limit, async (t) => {
  const cwd = await withBinaries(t, 'linux-x64', 'linux-arm64');
  const { code, stdout, stderr } = await pack(cwd);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /must not be published/);
  const [name = ''] = tarballs(cwd);
  assert.match(stdout, new RegExp(`^${name}$`, 'm'));
  const packed = await succeed('tar', ['-tzf', name], { cwd });
  for (const platform of ['linux-x64', 'linux-arm64']) {
    assert.ok(packed.includes(`package/prebuilds/${platform}/libmosquitto.glibc.node`), packed);
  }
});
