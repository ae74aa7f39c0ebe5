// Tests the error when the addon is missing or cannot be loaded. The user must learn what to do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(20000) };
const dist = dirname(require.resolve('libmosquitto'));

interface LoadError {
  readonly name: string;
  readonly code: string;
  readonly platform: string;
  readonly arch: string;
  readonly libc: string;
  readonly looked_for: string[];
  readonly message: string;
}

/** The error that loading the package from `folder` throws. */
function load_error(folder: string, env: Record<string, string> = {}): LoadError {
  const program = `try { require(${JSON.stringify(folder)}) } catch (error) {
    const { name, code, platform, arch, libc, looked_for, message } = error;
    console.log(JSON.stringify({ name, code, platform, arch, libc, looked_for, message }));
  }`;
  const text = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', env: { ...process.env, ...env } });
  return JSON.parse(text);
}

/** A package whose addon was never built. */
function package_without_addon(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'libmosquitto-load-'));
  t.after(() => rmSync(root, { recursive: true }));
  cpSync(dist, join(root, 'dist'), { recursive: true });
  return root;
}

function assert_described({ name, code, platform, arch, libc, looked_for, message }: LoadError): void {
  assert.equal(name, 'AddonLoadError');
  assert.equal(code, 'ERR_LIBMOSQUITTO_ADDON');
  assert.deepEqual([platform, arch], [process.platform, process.arch]);
  assert.match(libc, /^(glibc \d+\.\d+|musl)$/);
  const [first, reason, ...places] = message.split('\n');
  assert.ok(first?.includes(`${platform}-${arch}, ${libc}, with Node ${process.version}`), message);
  assert.match(reason ?? '', /^ {2}reason: \S/);
  const named = places.filter((line) => line.startsWith('  looked for: ')).map((line) => line.slice(14));
  assert.deepEqual(named, looked_for);
}

test('without an addon the error says what was looked for where, and what to type', limit, (t) => {
  const root = package_without_addon(t);
  mkdirSync(join(root, 'prebuilds', 'plan9-mips'), { recursive: true });
  const error = load_error(join(root, 'dist'), { LIBMOSQUITTO_ADDON: '' });
  assert_described(error);
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const [build, prebuilt, ...others] = error.looked_for;
  assert.equal(build, join(root, 'build', 'Release', 'libmosquitto.node'));
  assert.match(prebuilt ?? '', /libmosquitto\.(glibc|musl)\.node$/);
  assert.equal(dirname(prebuilt ?? ''), folder);
  assert.deepEqual(others, []);
  assert.match(error.message, /has a binary for: plan9-mips$/m);
  assert.match(error.message, /^ {2}to build one here: npx libmosquitto build$/m);
  const program = join(root, 'dist', 'cli', 'main.js');
  assert.ok(error.message.includes(`  the same in any folder: node '${program}' build\n`), error.message);
  assert.ok(error.message.endsWith(`  what that needs: ${join(root, 'docs', 'install.md')}`), error.message);
});

test('in a checkout the error says what builds there', limit, (t) => {
  const root = package_without_addon(t);
  mkdirSync(join(root, 'scripts'));
  writeFileSync(join(root, 'scripts', 'setup.mjs'), '');
  const error = load_error(join(root, 'dist'), { LIBMOSQUITTO_ADDON: '' });
  assert_described(error);
  assert.ok(error.message.endsWith(`to build it: cd '${root}' && npm run build`), error.message);
});

test('an addon that cannot be loaded is an error with the reason', limit, (t) => {
  const root = package_without_addon(t);
  mkdirSync(join(root, 'build', 'Release'), { recursive: true });
  writeFileSync(join(root, 'build', 'Release', 'libmosquitto.node'), 'not a shared object');
  const error = load_error(join(root, 'dist'), { LIBMOSQUITTO_ADDON: '' });
  assert_described(error);
  assert.match(error.message, /reason: .*libmosquitto\.node: /);
});

test('a wrong LIBMOSQUITTO_ADDON is an error that names it', limit, () => {
  const error = load_error(dist, { LIBMOSQUITTO_ADDON: '/nowhere/libmosquitto.node' });
  assert_described(error);
  assert.deepEqual(error.looked_for, ['/nowhere/libmosquitto.node']);
  assert.match(error.message, /LIBMOSQUITTO_ADDON says to load this one/);
  assert.doesNotMatch(error.message, /npm run/);
});

test('the names of the package can be imported by name from an ECMAScript module', limit, () => {
  const program = `
    import { Mosquitto, MosquittoError, MOSQ_ERR_SUCCESS, MOSQ_LOG_ALL, strerror, topic_matches_sub } from 'libmosquitto';
    console.log([Mosquitto, MosquittoError, MOSQ_ERR_SUCCESS, MOSQ_LOG_ALL, strerror, topic_matches_sub].every((it) => it !== undefined));`;
  const args = ['--input-type=module', '-e', program];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: dirname(dist) }).trim(), 'true');
});
