import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(20000) };
const dist = dirname(require.resolve('libmosquitto'));

/** The message of the error that loading the package from `folder` throws. */
function load_error(folder: string, env: Record<string, string> = {}): string {
  const program = `try { require(${JSON.stringify(folder)}) } catch (error) { console.log(error.message) }`;
  return execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', env: { ...process.env, ...env } });
}

/** The package as it is where its addon was never built. */
function package_without_addon(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'libmosquitto-load-'));
  t.after(() => rmSync(root, { recursive: true }));
  cpSync(dist, join(root, 'dist'), { recursive: true });
  const tool = dirname(require.resolve('node-gyp-build'));
  cpSync(tool, join(root, 'node_modules', 'node-gyp-build'), { recursive: true });
  return root;
}

function assert_helpful(message: string, root: string): void {
  assert.match(message, new RegExp(`${process.platform}-${process.arch}`));
  assert.ok(message.includes(process.version), message);
  assert.ok(message.includes(`cd '${root}' && npm install && npm run build`), message);
}

test('without an addon the error says what was looked for, and what to type', limit, (t) => {
  const root = package_without_addon(t);
  const message = load_error(join(root, 'dist'), { LIBMOSQUITTO_ADDON: '' });
  assert_helpful(message, root);
  assert.ok(message.includes(join(root, 'build', 'Release')), message);
  assert.ok(message.includes(join(root, 'prebuilds', `${process.platform}-${process.arch}`)), message);
});

test('an addon that cannot be loaded is an error with the reason', limit, (t) => {
  const root = package_without_addon(t);
  mkdirSync(join(root, 'build', 'Release'), { recursive: true });
  writeFileSync(join(root, 'build', 'Release', 'libmosquitto.node'), 'not a shared object');
  const message = load_error(join(root, 'dist'), { LIBMOSQUITTO_ADDON: '' });
  assert_helpful(message, root);
  assert.match(message, /reason: .*libmosquitto\.node: /);
});

test('a wrong LIBMOSQUITTO_ADDON is an error that names it', limit, () => {
  const message = load_error(dist, { LIBMOSQUITTO_ADDON: '/nowhere/libmosquitto.node' });
  assert_helpful(message, dirname(dist));
  assert.match(message, /looked for: \/nowhere\/libmosquitto\.node, as LIBMOSQUITTO_ADDON says/);
});

test('the names of the package can be imported by name from an ECMAScript module', limit, () => {
  const program = `
    import { Mosquitto, MosquittoError, MOSQ_ERR_SUCCESS, MOSQ_LOG_ALL, strerror, topic_matches_sub } from 'libmosquitto';
    console.log([Mosquitto, MosquittoError, MOSQ_ERR_SUCCESS, MOSQ_LOG_ALL, strerror, topic_matches_sub].every((it) => it !== undefined));`;
  const args = ['--input-type=module', '-e', program];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: dirname(dist) }).trim(), 'true');
});
