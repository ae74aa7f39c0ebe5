import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildSync } from 'esbuild';
import { scaled } from '../support/wait';
import { addonFile } from './addon';

// Tests that an addon and a dist/ of different builds refuse each other: they would misread each other's events. Each
// way to load the addon is tried with JavaScript of another version.

const limit = { timeout: scaled(60000) };
const root = join(__dirname, '..', '..', '..');
const dist = dirname(require.resolve('libmosquitto'));
const script = join(root, 'scripts', 'generate-events.mjs');
const declared = /EVENT_RECORDS_VERSION = (0x[0-9a-f]{8}|\d+);/;
const foreign = '0badcafe';

const known = declared.exec(readFileSync(join(dist, 'native', 'event-records-version.js'), 'utf8'))?.[1];
const version = Number(known).toString(16).padStart(8, '0');
const prebuild = join('prebuilds', `${process.platform}-${process.arch}`, 'libmosquitto.glibc.node');

/** A package of another version, without an addon. */
function foreignPackage(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-versions-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  const file = join(folder, 'dist', 'native', 'event-records-version.js');
  const text = readFileSync(file, 'utf8');
  assert.match(text, declared);
  writeFileSync(file, text.replace(declared, `EVENT_RECORDS_VERSION = 0x${foreign};`));
  return folder;
}

function place(folder: string, name: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  cpSync(addonFile(), file);
  return file;
}

function bundle(folder: string, outfile: string): void {
  const stdin = { contents: "module.exports = require('./dist')", resolveDir: folder };
  buildSync({ stdin, outfile, bundle: true, platform: 'node', logLevel: 'error' });
}

/** The message of the error that loading `module` throws. */
function refusal(module: string, chosen = '', worker = false): string {
  const load = `try { require(${JSON.stringify(module)}); console.log('loaded') } catch (error) {
    console.log(error.code + '\\n' + error.message);
  }`;
  const program = worker
    ? `new (require('node:worker_threads').Worker)(${JSON.stringify(load)}, { eval: true, env: process.env })`
    : load;
  const env = { ...process.env, LIBMOSQUITTO_ADDON: chosen };
  return execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', env }).trim();
}

function assertRefused(message: string, file: string, remedy: string): void {
  assert.match(message, /^ERR_LIBMOSQUITTO_ADDON\n/);
  assert.ok(message.includes(version) && message.includes(foreign), `both versions in: ${message}`);
  assert.ok(message.includes(file), `${file} in: ${message}`);
  assert.ok(message.includes(remedy), `${remedy} in: ${message}`);
}

for (const worker of [false, true]) {
  const where = worker ? 'in a worker thread' : 'in the main thread';

  test(`an addon of another version that LIBMOSQUITTO_ADDON names is refused (${where})`, limit, (t) => {
    const folder = foreignPackage(t);
    const file = place(folder, 'other.node');
    assertRefused(refusal(join(folder, 'dist'), file, worker), file, 'LIBMOSQUITTO_ADDON');
  });

  test(`an addon of another version that was built here is refused (${where})`, limit, (t) => {
    const folder = foreignPackage(t);
    const file = place(folder, join('build', 'Release', 'libmosquitto.node'));
    assertRefused(refusal(join(folder, 'dist'), '', worker), file, 'npx libmosquitto build');
  });

  test(`a checkout with an addon of another version says how to build both (${where})`, limit, (t) => {
    const folder = foreignPackage(t);
    const file = place(folder, join('build', 'Release', 'libmosquitto.node'));
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts', 'setup.mjs'), '');
    assertRefused(refusal(join(folder, 'dist'), '', worker), file, `cd '${folder}' && npm run build`);
  });

  test(`a prebuilt addon of another version is refused (${where})`, limit, (t) => {
    const folder = foreignPackage(t);
    const file = place(folder, prebuild);
    assertRefused(refusal(join(folder, 'dist'), '', worker), file, 'install the package again: npm install');
  });

  test(`a bundle beside an addon of another version is refused (${where})`, limit, (t) => {
    const folder = foreignPackage(t);
    const program = join(folder, 'out', 'program.js');
    bundle(folder, program);
    const file = place(join(folder, 'out'), prebuild);
    assertRefused(refusal(program, '', worker), file, `node_modules/libmosquitto/prebuilds to ${join(folder, 'out')}`);
  });
}

test('an addon and a package of the same version load each other', limit, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-versions-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  place(folder, join('build', 'Release', 'libmosquitto.node'));
  for (const worker of [false, true]) assert.equal(refusal(join(folder, 'dist'), '', worker), 'loaded');
});

test('what is generated from the records is up to date', limit, () => {
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
});
