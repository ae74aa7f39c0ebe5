// Makes prebuilds/win32-x64, cross-compiled by MinGW-w64. The binary needs only libraries of Windows itself.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { step } from '../lib/log.mjs';
import { mingw } from '../lib/needs.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { cache, inRoot } from '../lib/paths.mjs';
import { mustOutput, run } from '../lib/run.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { debianSource } from '../libmosquitto/debian-source.mjs';
import { findSource, sourceFiles } from '../libmosquitto/source.mjs';
import { ensureNode } from './node.mjs';
import { left_out, line } from './openssl.mjs';
import { windows } from './targets.mjs';

const work = join(cache, 'prebuild', windows.folder);

/** The path in which the package looks for the binary. */
export async function ensureWindowsPrebuild() {
  const product = await buildForWindows();
  const place = inRoot('prebuilds', windows.folder, windows.fileName);
  mkdirSync(dirname(place), { recursive: true });
  copyFileSync(product, place);
}

/** @returns {Promise<string>} path of the addon, outside of the package */
export async function buildForWindows() {
  await ensureNodeModules();
  await ensurePackages(mingw, 'making the prebuild for Windows');
  const openssl = await ensureOpenssl();
  const source = await findSource();
  const node = await ensureNode('x64');
  const product = join(work, windows.fileName);
  const ours = ['native', 'scripts/lib', 'scripts/libmosquitto', 'scripts/prebuild'].map((path) => inRoot(path));
  const files = [...filesBelow(ours), ...sourceFiles(source.folder)];
  const key = hashOf(files, { openssl: openssl.key, compiler: compiler(), node: basename(node) });
  await unlessUpToDate(product, key, async () => {
    step(`building the addon for ${windows.folder}`);
    const { prefix } = windows;
    const env = { CC: `${prefix}gcc-posix`, CXX: `${prefix}g++-posix`, AR: `${prefix}ar` };
    const program = inRoot('scripts', 'prebuild', 'mingw.mjs');
    await run(process.execPath, [program, join(node, 'include', 'node'), product], {
      env: { ...env, LIBMOSQUITTO_OPENSSL: openssl.folder },
      stdout: false,
    });
  });
  return product;
}

function compiler() {
  return mustOutput(`${windows.prefix}g++-posix`, ['--version']);
}

async function ensureOpenssl() {
  const { folder: source, version } = await debianSource(line);
  const options = [
    windows.openssl,
    `--cross-compile-prefix=${windows.prefix}`,
    // The folder of OpenSSL's own builds for Windows; nothing puts certificates there by itself.
    '--openssldir=C:/Program Files/Common Files/SSL',
    '--prefix=/usr',
    '--libdir=lib',
    ...left_out.map((part) => `no-${part}`),
    ...['-O2', '-ffunction-sections', '-fdata-sections'],
  ];
  const folder = join(work, 'openssl', 'usr');
  const key = hashOf([], { version, options, compiler: compiler() });
  await unlessUpToDate(join(folder, 'lib', 'libcrypto.a'), key, async () => {
    step(`building OpenSSL ${version} for ${windows.folder}`);
    const objects = join(work, 'openssl-objects');
    for (const part of [objects, dirname(folder)]) rmSync(part, { recursive: true, force: true });
    mkdirSync(objects, { recursive: true });
    const settings = { cwd: objects, stdout: false, env: { SOURCE_DATE_EPOCH: '0' } };
    await run('perl', [join(source, 'Configure'), ...options], settings);
    await run('make', ['-s', `-j${availableParallelism()}`, 'build_libs'], settings);
    await run('make', ['-s', 'install_dev', `DESTDIR=${dirname(folder)}`], settings);
    rmSync(objects, { recursive: true });
  });
  return { folder, key };
}
