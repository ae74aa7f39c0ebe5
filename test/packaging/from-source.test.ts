import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build_info } from 'libmosquitto';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { barePath, folderFor, installed, npmRun, peer, root, run, succeed, tarball, withoutBinaries } from './package';
import { esm, program, smoke } from './smoke';

// Tests the package on a platform without a binary: the error, and the command that builds a binary.

const limit = { timeout: scaled(600_000) };
const broker = sharedBroker();

/** The source of libmosquitto that this checkout builds. */
function source(): string {
  const module = pathToFileURL(join(root, 'scripts', 'libmosquitto', 'source.mjs')).href;
  const text = `import { findSource } from '${module}'; console.log((await findSource()).folder);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' }).trim();
}

const addonOf = (cwd: string): string =>
  join(cwd, 'node_modules', 'libmosquitto', 'build', 'Release', 'libmosquitto.node');

test(
  'npx libmosquitto build makes an addon: static, in a folder with spaces and letters that are not ASCII',
  limit,
  async (t) => {
    const cwd = await installed(t, { package: await withoutBinaries(t), name: "build m\u00fcller's" });
    const env = { LIBMOSQUITTO_SOURCE: source() };
    const { code, stdout, stderr } = await npmRun(['exec', '--no', '--', 'libmosquitto', 'build'], { cwd, env });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /\[libmosquitto\] fetching node-addon-api@\d/);
    assert.match(stderr, /\[libmosquitto\] built .*libmosquitto\.node/);
    assert.equal(/WARNING/.test(stderr), !build_info().reviewed, stderr);
    const info = await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });
    assert.equal(info.reviewed, build_info().reviewed);
    assert.match(info.openssl, /^OpenSSL 3\./);
    const folder = join(cwd, 'node_modules', 'libmosquitto');
    assert.equal(existsSync(join(folder, '.cache')), false);
    assert.deepEqual(readdirSync(join(folder, 'build', 'Release')), ['libmosquitto.node']);
    assert.deepEqual(readdirSync(join(cwd, 'node_modules')).sort(), ['.bin', '.package-lock.json', 'libmosquitto']);
  },
);

/** A source tree like this checkout's, of a version that this package was not reviewed with. */
function unknownSource(t: TestContext): string {
  const folder = folderFor(t, 'mosquitto');
  cpSync(source(), folder, { recursive: true });
  const file = join(folder, 'config.mk');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^VERSION=.*/m, 'VERSION=2.1.99'));
  return folder;
}

test('a libmosquitto that was not reviewed builds with one warning, and build_info() says so', limit, async (t) => {
  const cwd = await installed(t, { package: await withoutBinaries(t) });
  const env = { LIBMOSQUITTO_SOURCE: unknownSource(t) };
  const { code, stdout, stderr } = await npmRun(['exec', '--no', '--', 'libmosquitto', 'build'], { cwd, env });
  assert.equal(code, 0, stdout + stderr);
  const warnings = stderr.match(/WARNING: libmosquitto 2\.1\.99 \(folder .*\) was not reviewed for this package\./g);
  assert.equal(warnings?.length, 1, stderr);
  const info = await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });
  assert.deepEqual([info.libmosquitto, info.reviewed], ['2.1.99', false]);
});

test("a system's libmosquitto that was not reviewed is warned of too", limit, async (t) => {
  const cwd = folderFor(t);
  const file = join(cwd, 'libmosquitto.pc');
  writeFileSync(file, 'Name: libmosquitto\nDescription: MQTT\nVersion: 2.0.99\nCflags:\nLibs: -lmosquitto\n');
  const env = { PKG_CONFIG_PATH: cwd, LIBMOSQUITTO_CACHE: join(cwd, 'cache') };
  const config = join(root, 'scripts', 'libmosquitto', 'config.mjs');
  const version = await run(process.execPath, [config, 'version', 'system'], { cwd, env });
  assert.deepEqual([version.code, version.stdout], [0, '2.0.99\n'], version.stderr);
  assert.match(version.stderr, /WARNING: libmosquitto 2\.0\.99 \(pkg-config\) was not reviewed for this package\./);
  assert.match(version.stderr, /Reviewed: 2\.0\.11\./);
  const defines = await run(process.execPath, [config, 'defines', 'system'], { cwd, env });
  assert.equal(defines.stdout, 'LIBMOSQUITTO_SYSTEM=1\nLIBMOSQUITTO_REVIEWED=false\n');
});

test(
  "without a binary, loading says what to type; that builds in any folder, here with the system's library",
  limit,
  async (t) => {
    const cwd = await installed(t, { package: await withoutBinaries(t), name: 'no binary' });
    const script = program(cwd, 'user.mjs', esm);
    const refused = await run(process.execPath, [script, String(broker().port)], { cwd });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /AddonLoadError/);
    assert.match(refused.stderr, /this package has a binary for: no platform$/m);
    assert.match(refused.stderr, /^ {2}to build one here: npx libmosquitto build$/m);
    const command = /^ {2}the same in any folder: (.*)$/m.exec(refused.stderr)?.[1];
    assert.ok(command, refused.stderr);
    await succeed('sh', ['-c', command], { cwd: folderFor(t, 'elsewhere'), env: { LIBMOSQUITTO_SYSTEM: '1' } });
    assert.ok(existsSync(addonOf(cwd)));
    await smoke(process.execPath, [script], broker().port, { cwd }, 'system');
  },
);

/** A PATH that begins with this npm, and with the Node that runs it. */
function pathOf(t: TestContext, npm: string): string {
  const [node, file = ''] = peer(npm);
  const folder = folderFor(t, 'bin');
  symlinkSync(node, join(folder, 'node'));
  symlinkSync(file, join(folder, 'npm'));
  chmodSync(file, 0o755);
  return `${folder}:${process.env['PATH']}`;
}

/** Headers of Node in a folder that no tool searches by itself, so the build uses the folder that the user named. */
function headersFor(t: TestContext): string {
  const folder = folderFor(t, 'headers');
  const headers = nodeHeaders();
  mkdirSync(join(folder, 'include'));
  symlinkSync(join(headers, 'include', 'node'), join(folder, 'include', 'node'));
  return folder;
}

/** The folder of headers that this checkout was built with. */
function nodeHeaders(): string {
  const module = pathToFileURL(join(root, 'scripts', 'lib', 'node-headers.mjs')).href;
  const text = `import { nodeHeaders } from '${module}'; console.log(nodeHeaders().npm_config_nodedir);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' }).trim();
}

for (const npm of ['npm10', 'npm11', 'npm12']) {
  test(`docs/install.md with ${npm}: npm install builds nothing, npx libmosquitto build does`, limit, async (t) => {
    const cwd = folderFor(t);
    program(cwd, 'package.json', '{ "private": true }');
    const path = pathOf(t, npm);
    const [node, file = ''] = peer(npm);
    const env = { LIBMOSQUITTO_SYSTEM: '1', LIBMOSQUITTO_NODEDIR: headersFor(t) };
    const type = (...args: string[]): Promise<string> => succeed(node, [file, ...args], { cwd, env, path });
    await type('install', tarball());
    assert.equal(existsSync(addonOf(cwd)), false);
    await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });

    await type('exec', '--', 'libmosquitto', 'build');
    await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd }, 'system');
  });
}

test("docs/install.md: a project's own script repeats the build, under npm ci of npm 12 too", limit, async (t) => {
  const cwd = folderFor(t);
  program(cwd, 'package.json', '{ "private": true }');
  const [node, file = ''] = peer('npm12');
  const env = { LIBMOSQUITTO_SYSTEM: '1', LIBMOSQUITTO_NODEDIR: nodeHeaders() };
  const options = { cwd, env, path: pathOf(t, 'npm12') };
  await succeed(node, [file, 'install', '--ignore-scripts', tarball()], options);
  const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const scripts = { postinstall: 'libmosquitto build' };
  program(cwd, 'package.json', JSON.stringify({ ...manifest, scripts }));
  await succeed(node, [file, 'ci'], options);
  await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd }, 'system');
});

test('LIBMOSQUITTO_NODEDIR without headers stops the build and names the file', limit, async (t) => {
  const cwd = await installed(t);
  const nodedir = folderFor(t, 'empty');
  const env = { LIBMOSQUITTO_NODEDIR: nodedir, LIBMOSQUITTO_SYSTEM: '1' };
  const { code, stderr } = await npmRun(['exec', '--', 'libmosquitto', 'build'], { cwd, env });
  assert.equal(code, 1);
  assert.ok(stderr.includes(`LIBMOSQUITTO_NODEDIR: there is no ${nodedir}/include/node/node_api.h`), stderr);
});

/** A node-addon-api and a node-gyp, as a user installs them for a machine without a network. */
function withTools(cwd: string): void {
  for (const name of ['node-addon-api', 'node-gyp']) {
    symlinkSync(join(root, 'node_modules', name), join(cwd, 'node_modules', name));
  }
}

test('without a network the build says what to install, and takes that', limit, async (t) => {
  const cwd = await installed(t, { package: await withoutBinaries(t) });
  // Port 9 of this machine: nobody listens.
  const offline = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const env = { ...offline, npm_config_cache: folderFor(t, 'cache'), LIBMOSQUITTO_SYSTEM: '1' };
  const build = ['exec', '--', 'libmosquitto', 'build'];
  const refused = await npmRun(build, { cwd, env });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /\[libmosquitto\] npm could not fetch node-addon-api@8\.\d+\.\d+, which the build needs/,
  );
  assert.match(refused.stderr, /^ {2}npm install --save-dev node-addon-api@8\.\d+\.\d+$/m);
  assert.equal(existsSync(addonOf(cwd)), false);

  withTools(cwd);
  const { code, stdout, stderr } = await npmRun(build, { cwd, env });
  assert.equal(code, 0, stdout + stderr);
  assert.doesNotMatch(stderr, /fetching/);
  await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd }, 'system');
});

const cli = (cwd: string): string => join(cwd, 'node_modules', 'libmosquitto', 'dist', 'cli', 'main.js');

test('without any build tool it stops and names all missing ones', limit, async (t) => {
  const cwd = await installed(t);
  const { code, stderr } = await run(process.execPath, [cli(cwd), 'build'], { cwd, path: barePath(t) });
  assert.equal(code, 1);
  assert.match(stderr, /building libmosquitto from source needs the following/);
  for (const name of ['g\\+\\+', 'make', 'python3', 'libssl-dev']) {
    assert.match(stderr, new RegExp(`\\(Debian's package ${name}\\)`));
  }
});

test('a package that cannot be written to stops the build before it begins', limit, async (t) => {
  const cwd = await installed(t);
  // A file in the place of the folder, because the superuser may write to any folder.
  writeFileSync(join(cwd, 'node_modules', 'libmosquitto', 'build'), '');
  const { code, stderr } = await run(process.execPath, [cli(cwd), 'build'], { cwd, path: barePath(t) });
  assert.equal(code, 1);
  assert.match(stderr, /the result of the build cannot be stored: (EEXIST|ENOTDIR)/);
});

test('the command line lists its commands, and refuses what it does not know', limit, async (t) => {
  const cwd = await installed(t);
  const help = await run(process.execPath, [cli(cwd), '--help'], { cwd });
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /^usage: libmosquitto COMMAND\n\n {2}build {4}\w/);
  for (const [args, complaint] of [
    [[], /^libmosquitto: a command is missing\nusage: /],
    [['biuld'], /^libmosquitto: there is no command 'biuld'\nusage: /],
  ] as const) {
    const { code, stdout, stderr } = await run(process.execPath, [cli(cwd), ...args], { cwd });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, complaint);
  }
  const { code, stderr } = await run(process.execPath, [cli(cwd), 'build', '--fast'], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, /libmosquitto build takes no argument such as '--fast'/);
});
