import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import { build_info, Mosquitto } from 'libmosquitto';
import { plainEnvironment } from '../support/environment';
import { scaled } from '../support/wait';

// Compares docs/c-api.md with libmosquitto's headers, and with the members that the package has. It finds a function of
// C that the page lacks, and a member that the page promises and the package lacks.

const limit = { timeout: scaled(30000) };
const root = join(__dirname, '..', '..', '..');
const script = join(root, 'scripts', 'c-api.mjs');

interface Fate {
  readonly name: string;
  readonly kind: 'class' | 'method' | 'callback' | 'function' | 'none';
  readonly target: string;
}

/** The folders with the headers that the addon was compiled with. */
function headerFolders(): string[] {
  const variants = build_info().linkage === 'system' ? ['system'] : ['static', 'static-asan', 'static-tsan'];
  const configs = variants.map((variant) => join(root, '.cache', 'libmosquitto', variant, 'config.json'));
  const config = configs.find((file) => existsSync(file));
  assert.ok(config, `none of ${configs.join(', ')}`);
  const { include_dirs } = JSON.parse(readFileSync(config, 'utf8')) as { include_dirs: string[] };
  // pkg-config does not name the folder in which compilers look anyway.
  return [...include_dirs, '/usr/include'];
}

function run(folders: string[], ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const includes = folders.flatMap((folder) => ['--include', folder]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args, ...includes], {
    encoding: 'utf8',
    env: plainEnvironment(),
  });
  return { code: status, stdout, stderr };
}

/** A folder with a mosquitto.h: the real headers' text, changed. */
function changedHeader(t: TestContext, change: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-headers-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const real = headerFolders()
    .map((parent) => join(parent, 'mosquitto.h'))
    .find((file) => existsSync(file));
  assert.ok(real);
  writeFileSync(join(folder, 'mosquitto.h'), change(readFileSync(real, 'utf8')));
  return folder;
}

/** Public members of a class and of those above it. */
function membersOf(prototype: object): Set<string> {
  const names = new Set<string>();
  for (let level = prototype; level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  }
  names.delete('constructor');
  return names;
}

const exported = libmosquitto as unknown as Record<string, unknown>;

function isThere(client: Mosquitto, { kind, target }: Fate): boolean {
  switch (kind) {
    case 'class':
    case 'function':
      return typeof exported[target] === 'function';
    case 'method':
      return typeof (client as unknown as Record<string, unknown>)[target] === 'function';
    case 'callback':
      return target in client;
    case 'none':
      return true;
  }
}

describe('the C API', () => {
  const members = membersOf(Mosquitto.prototype);
  let functions: Fate[] = [];
  let own: string[] = [];

  before(() => {
    const { code, stdout, stderr } = run(headerFolders(), '--json');
    assert.equal(code, 0, stderr);
    ({ functions, own } = JSON.parse(stdout) as { functions: Fate[]; own: string[] });
  });

  test('every function of the headers is listed', limit, () => {
    assert.ok(functions.length >= 100, `${functions.length} functions`);
    assert.equal(new Set(functions.map(({ name }) => name)).size, functions.length);
  });

  test('the counterpart of each function exists', limit, () => {
    const client = new Mosquitto();
    const missing = functions.filter((fate) => !isThere(client, fate));
    client.destroy();
    assert.deepEqual(
      missing.map(({ name, kind, target }) => `${name}: ${kind} ${target}`),
      [],
    );
  });

  test('a function that is not exposed has the reason that is allowed: a C pointer or C memory', limit, () => {
    for (const { name, kind, target } of functions) {
      if (kind === 'none') assert.match(target, /\bC (pointer|memory)\b/, name);
    }
  });

  test('each member without a function of C is listed, and there are no others', limit, () => {
    const known = new Set(own.map((name) => name.replace(/\(\)$/, '')));
    for (const { kind, target } of functions) {
      if (kind === 'method' || kind === 'callback') known.add(`client.${target}`);
      else if (kind !== 'none') known.add(target);
    }
    const there = [
      ...[...members].map((name) => `client.${name}`),
      ...Object.keys(exported).filter((name) => typeof exported[name] === 'function'),
    ];
    assert.deepEqual(there.sort(), [...known].sort());
  });

  test('a function that a newer library adds is reported', limit, (t) => {
    const folder = changedHeader(
      t,
      (text) => `${text}\nlibmosq_EXPORT int mosquitto_brand_new(struct mosquitto *mosq,\n\tint value);\n`,
    );
    const { code, stderr } = run([folder, ...headerFolders()], '--json');
    assert.equal(code, 1);
    assert.match(stderr, /mosquitto_brand_new\(\) is not accounted for/);
  });

  test('a function that a newer library removes is reported', limit, (t) => {
    const folder = changedHeader(t, () => '#define LIBMOSQUITTO_MAJOR 2\n#define LIBMOSQUITTO_MINOR 1\n');
    const { code, stderr } = run([folder], '--json');
    assert.equal(code, 1);
    assert.match(stderr, /mosquitto_connect\(\): not in the headers of 2\.1/);
  });

  // It is written from 2.1's headers.
  if (build_info().libmosquitto.startsWith('2.1.')) {
    test('the page is up to date', limit, () => {
      const { code, stderr } = run(headerFolders(), '--check');
      assert.equal(code, 0, stderr);
    });
  }
});
