import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../support/wait';
import { barePath, checkout, run, succeed, tarball } from './package';

// Tests npm run demo in a checkout where nothing has been built yet, without a compiler in PATH.

const limit = { timeout: scaled(120_000) };

test('with a binary in prebuilds/ it builds nothing and moves messages', limit, async (t) => {
  const cwd = checkout(t);
  await succeed('tar', ['-xzf', tarball(), '--strip-components=1', '--touch', 'package/prebuilds'], { cwd });
  const path = barePath(t);
  const { code, stdout, stderr } = await run('node', ['scripts/demo.mjs', '1000'], { cwd, path });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^libmosquitto 2\.1\.\d+ \(static\)/);
  assert.match(stdout, /QoS 2: .* none lost$/m);
  assert.doesNotMatch(stderr, /building/);
});

test('without one it names what the build needs', limit, async (t) => {
  const cwd = checkout(t);
  const { code, stderr } = await run('node', ['scripts/demo.mjs', '1000'], { cwd, path: barePath(t) });
  assert.equal(code, 1);
  assert.match(stderr, /the demo needs the following/);
  assert.match(stderr, /C and C\+\+ compiler/);
});

test('with a binary older than the sources of the addon it builds, too', limit, async (t) => {
  const cwd = checkout(t);
  await succeed('tar', ['-xzf', tarball(), '--strip-components=1', 'package/prebuilds'], { cwd });
  const { code, stderr } = await run('node', ['scripts/demo.mjs', '1000'], { cwd, path: barePath(t) });
  assert.equal(code, 1);
  assert.match(stderr, /the demo needs the following/);
});
