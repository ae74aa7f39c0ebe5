import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scaled } from '../support/wait';
import { folderFor, root, run, tarball } from './package';

// Tests that publint and Are The Types Wrong, which check packages, find no fault in this one.

const limit = { timeout: scaled(120_000) };

test('publint finds nothing', limit, async (t) => {
  const cwd = folderFor(t);
  copyFileSync(tarball(), join(cwd, 'libmosquitto.tgz'));
  const publint = join(root, 'node_modules', 'publint', 'src', 'cli.js');
  const { code, stdout, stderr } = await run(process.execPath, [publint, 'libmosquitto.tgz', '--strict'], { cwd });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /All good!/);
});

test('Are The Types Wrong finds nothing', limit, async (t) => {
  const cwd = folderFor(t);
  copyFileSync(tarball(), join(cwd, 'libmosquitto.tgz'));
  const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const { code, stdout, stderr } = await run(process.execPath, [attw, 'libmosquitto.tgz', '--format', 'json'], { cwd });
  assert.equal(code, 0, stdout + stderr);
  const { analysis, problems } = JSON.parse(stdout);
  assert.deepEqual(problems ?? {}, {});
  assert.deepEqual(analysis.problems, []);
  assert.equal(analysis.types.kind, 'included');
});
