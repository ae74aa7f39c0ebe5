// npm run prebuilds [-- NAME...]: makes prebuilds/linux-x64 and prebuilds/linux-arm64, or the named ones: x64, arm64,
// win32-x64.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { main, step, UserError } from '../lib/log.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { cache, inRoot } from '../lib/paths.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { findSource, sourceFiles } from '../libmosquitto/source.mjs';
import { buildRoot, buildRootKey, copyInside, ensureBuildRoot, runInside, workFolder } from './build-root.mjs';
import { ensureNode } from './node.mjs';
import { ensureOpenssl } from './openssl.mjs';
import { fileName, folderOf, targets, windows } from './targets.mjs';
import { ensureWindowsPrebuild } from './windows.mjs';

/** @typedef {import('./targets.mjs').Target} Target */

const inside = {
  package: join(workFolder, 'libmosquitto'),
  mosquitto: join(workFolder, 'mosquitto'),
  node: '/opt/node',
};
const packageFiles = ['binding.gyp', 'package.json', 'native', 'scripts', 'node_modules'];

/**
 * The binary's path in the package.
 * @param {import('./targets.mjs').Arch} arch
 */
export function prebuildOf(arch) {
  return inRoot('prebuilds', folderOf(arch), fileName);
}

/**
 * Makes the binaries that are missing or out of date.
 * @param {Target[]} wanted
 */
export async function ensurePrebuilds(wanted = targets) {
  await ensureNodeModules();
  await ensureBuildRoot();
  for (const target of wanted) {
    // The binary with its stamp is below .cache, because the package contains everything in prebuilds/.
    const product = join(cache, 'prebuild', folderOf(target.arch), fileName);
    await build(target, product);
    const place = prebuildOf(target.arch);
    // Also removes the files that package/host-prebuild.mjs may have left there about a binary that this one replaces.
    rmSync(dirname(place), { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(product, place);
  }
}

/**
 * @param {Target} target
 * @param {string} product
 */
async function build(target, product) {
  const openssl = await ensureOpenssl(target);
  const source = await findSource();
  const node = await ensureNode('x64');
  const ours = ['native', 'binding.gyp', 'scripts/lib', 'scripts/libmosquitto', 'scripts/prebuild'];
  const tools = ['node-addon-api', 'node-gyp', 'prebuildify'].map((name) => `node_modules/${name}/package.json`);
  const files = [...filesBelow([...ours, ...tools].map((path) => inRoot(path))), ...sourceFiles(source.folder)];
  const key = hashOf(files, { openssl: openssl.key, root: buildRootKey, node: basename(node) });

  await unlessUpToDate(product, key, async () => {
    step(`building the addon for ${folderOf(target.arch)}`);
    for (const name of packageFiles) copyInside(inRoot(name), join(inside.package, name), isNeeded);
    copyInside(source.folder, inside.mosquitto);
    copyInside(node, inside.node);
    const { arch, prefix } = target;
    await runInside(
      [`${inside.node}/bin/node`, 'scripts/prebuild/prebuildify.mjs', '--arch', arch],
      {
        CC: `${prefix}gcc`,
        CXX: `${prefix}g++`,
        AR: `${prefix}ar`,
        PREBUILD_STRIP_BIN: `${prefix}strip`,
        LIBMOSQUITTO_SOURCE: inside.mosquitto,
        LIBMOSQUITTO_OPENSSL: openssl.folder,
        LIBMOSQUITTO_CACHE: join(workFolder, `cache-${arch}`),
        npm_config_nodedir: inside.node,
      },
      inside.package,
    );
    mkdirSync(dirname(product), { recursive: true });
    copyFileSync(join(buildRoot, inside.package, 'prebuilds', folderOf(target.arch), fileName), product);
  });
}

/** Excludes the largest files that only checks and tests use. @param {string} path */
function isNeeded(path) {
  return !/\/node_modules\/(@biomejs|typescript)$/.test(path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const names = process.argv.slice(2);
    const known = [...targets.map(({ arch }) => arch), windows.folder];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown) throw new UserError(`'${unknown}' is none of ${known.join(', ')}`);
    const wanted = names.length > 0 ? targets.filter(({ arch }) => names.includes(arch)) : targets;
    if (wanted.length > 0) await ensurePrebuilds(wanted);
    // Only on request, because it is not verified on Windows, and the package does not contain it.
    if (names.includes(windows.folder)) await ensureWindowsPrebuild();
  });
}
