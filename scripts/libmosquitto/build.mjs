// Builds libmosquitto from its source as a static library, together with the C files of native/libmosquitto.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { step } from '../lib/log.mjs';
import { cc, compilers } from '../lib/needs.mjs';
import { inParallel } from '../lib/parallel.mjs';
import { inRoot } from '../lib/paths.mjs';
import { output, run } from '../lib/run.mjs';
import { readConfig, variantFolder } from './config-file.mjs';
import { findOpenssl, opensslNeeds } from './openssl.mjs';
import { isReviewed } from './reviewed.mjs';
import { findSource, sourceFiles } from './source.mjs';
import { addonDefines, compileFlags, libraryFlags, linkFlags } from './variants.mjs';
import { wrapFlags } from './wrap.mjs';

/** @typedef {import('./variants.mjs').Variant} Variant */
/** @typedef {import('./config-file.mjs').Config} Config */

const shims = inRoot('native', 'libmosquitto');
/** @param {string} folder */
const shimFiles = (folder) => filesBelow([join(shims, folder)]).filter((path) => /\.[ch]$/.test(path));
const [repairs = [], engine = []] = ['repairs', 'engine'].map((folder) =>
  shimFiles(folder).filter((path) => path.endsWith('.c')),
);
const ownSources = [...repairs, ...engine];

/**
 * libmosquitto as a static library, built from source when it is not there yet or is out of date.
 * @param {Variant} variant
 * @returns {Promise<Config>}
 */
export async function buildStatic(variant) {
  await ensurePackages([...compilers, ...opensslNeeds()], 'building libmosquitto');
  const openssl = findOpenssl();
  const tree = await findSource();
  const sources = librarySources(tree.folder, variant);
  const flags = [...ownFlags(variant, tree), ...libraryFlags, ...compileFlags[variant], ...features(tree, variant)];
  const inputs = [...sourceFiles(tree.folder), ...shimFiles('.'), ...openssl.libraries];
  const key = hashOf(inputs, {
    flags,
    config: describe(variant, tree, openssl, ''),
    compiler: output(cc, ['--version']),
  });
  const kept = readConfig(variant);
  if (kept?.key === key) return kept;

  step(`building libmosquitto ${tree.version} (${variant}) from ${tree.source}`);
  const started = Date.now();
  const folder = variantFolder(variant);
  // The build is made in another folder and then moved, so that an interrupted build never looks complete.
  const partial = `${folder}.${process.pid}`;
  // gcov writes the counts of lines beside the objects, so these are not deleted.
  const counts = variant === 'static-coverage';
  const objects = counts ? inRoot('build-coverage', 'libmosquitto') : join(partial, 'objects');
  rmSync(partial, { recursive: true, force: true });
  if (counts) rmSync(objects, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  mkdirSync(objects, { recursive: true });
  try {
    const includes = [...includeFolders(tree.folder), ...openssl.include_dirs];
    await compileAll(sources, variant, flags, includes, objects);
    await archive(objects, join(partial, 'lib'));
    if (!counts) rmSync(objects, { recursive: true });
    cpSync(join(tree.folder, 'include'), join(partial, 'include'), { recursive: true });
    const config = describe(variant, tree, openssl, key);
    writeFileSync(join(partial, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    step(`built libmosquitto ${tree.version} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return config;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * @param {Variant} variant
 * @param {import('./source.mjs').Source} tree
 * @param {import('./openssl.mjs').Openssl} openssl
 * @param {string} key
 * @returns {Config}
 */
function describe(variant, tree, openssl, key) {
  const folder = variantFolder(variant);
  const library = { version: tree.version, linkage: /** @type {const} */ ('static'), checksum: tree.checksum };
  const reviewed = isReviewed(library);
  return {
    ...library,
    variant,
    source: tree.source,
    reviewed,
    key,
    include_dirs: [join(folder, 'include'), shims],
    libraries: [join(folder, 'lib', 'libmosquitto.a'), ...openssl.libraries, ...systemLibraries(variant)],
    link_flags: linkFlags(variant),
    compile_flags: compileFlags[variant],
    defines: addonDefines(variant, reviewed),
  };
}

/** @param {Variant} variant */
function systemLibraries(variant) {
  const names = variant === 'static-mingw' ? ['ws2_32', 'crypt32', 'gdi32', 'bcrypt'] : ['dl', 'pthread'];
  return names.map((name) => `-l${name}`);
}

/**
 * @param {Variant} variant
 * @param {import('./source.mjs').Source} tree
 */
function ownFlags(variant, { folder }) {
  if (['static', 'static-posix', 'static-plain'].includes(variant)) return ['-O2', '-g0'];
  if (variant === 'static-portable') return ['-O2', '-g0', `-ffile-prefix-map=${folder}=mosquitto`];
  // Mosquitto's config.h gives strcasecmp() another name, which makes the one in MinGW's <string.h> call itself.
  if (variant === 'static-mingw') {
    return ['-O2', '-g0', `-ffile-prefix-map=${folder}=mosquitto`, '-D__CRT__NO_INLINE'];
  }
  // The other variants have such options in compileFlags.
  return [];
}

/**
 * The features that upstream's config.mk switches on for a full client. Assertions stay on, as in
 * upstream's own build: they guard the bounds of the packet buffers.
 * @param {import('./source.mjs').Source} tree
 * @param {Variant} variant
 */
function features({ folder, version }, variant) {
  return [
    '-std=gnu99',
    `-DVERSION="${version}"`,
    '-DLIBMOSQUITTO_STATIC',
    '-DWITH_TLS',
    '-DWITH_TLS_PSK',
    '-DWITH_THREADING',
    '-DWITH_SOCKS',
    // The library has them on POSIX alone.
    ...(variant === 'static-mingw' ? [] : ['-DWITH_UNIX_SOCKETS']),
    // The client's own WebSockets came with 2.1, as did the parser that they need.
    ...(existsSync(httpParser(folder)) ? ['-DWITH_WEBSOCKETS=WS_IS_BUILTIN'] : []),
  ];
}

/** @param {string} folder */
function httpParser(folder) {
  return join(folder, 'deps', 'picohttpparser', 'picohttpparser.c');
}

/** @param {string} folder */
function includeFolders(folder) {
  const parts = ['.', 'include', 'lib', 'libcommon', 'common', 'deps', 'deps/picohttpparser'];
  return [...parts.map((part) => join(folder, part)).filter((path) => existsSync(path)), shims];
}

/**
 * Returns all files of lib and, since 2.1, libcommon, which contain only the library, and our own files.
 * @param {string} folder
 * @param {Variant} variant
 */
function librarySources(folder, variant) {
  const files = ['lib', 'libcommon']
    .map((part) => join(folder, part))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    // Needs libcjson, and only the tools of the broker call it.
    .filter((file) => file.endsWith('.c') && basename(file) !== 'cjson_common.c');
  const own = variant === 'static-plain' ? repairs : ownSources;
  const parser = httpParser(folder);
  return existsSync(parser) ? [...files, parser, ...own] : [...files, ...own];
}

/**
 * Our own files are compiled with all warnings, which are errors except in a user's build (as in binding.gyp). One of them
 * demands a declaration of each __wrap_NAME, which the file makes from upstream's: `extern __typeof__(NAME) __wrap_NAME;`.
 * A signature that upstream changes is then an error. Upstream's files and headers are compiled without warnings, because
 * they cannot be corrected here. An error still shows.
 * @param {string} file
 * @param {string[]} includes
 */
function warningFlags(file, includes) {
  if (!ownSources.includes(file)) return ['-w', ...includes.map((path) => `-I${path}`)];
  const upstream = includes.filter((path) => path !== shims);
  const strict = process.env.LIBMOSQUITTO_WERROR === '1' ? ['-Werror'] : [];
  const warnings = ['-Wall', '-Wextra', '-Wmissing-prototypes', ...strict];
  return [...warnings, `-I${shims}`, ...upstream.map((path) => `-isystem${path}`)];
}

/**
 * Our own C files, and what they are compiled with: for clang-tidy.
 * @returns {Promise<{ files: string[], flags: string[] }>}
 */
export async function ownFiles() {
  const tree = await findSource();
  const includes = [...includeFolders(tree.folder), ...findOpenssl().include_dirs];
  const flags = ownSources.flatMap((file) => warningFlags(file, includes));
  return { files: ownSources, flags: [...new Set([...libraryFlags, ...features(tree, 'static'), ...flags])] };
}

/** Upstream may have a file of the same name. @param {string} file */
function objectName(file) {
  const name = basename(file, '.c');
  return ownSources.includes(file) ? `${basename(dirname(file))}-${name}` : name;
}

/**
 * @param {string[]} sources
 * @param {Variant} variant
 * @param {string[]} flags
 * @param {string[]} includes
 * @param {string} objects
 */
async function compileAll(sources, variant, flags, includes, objects) {
  await inParallel(sources, async (file) => {
    const object = join(objects, `${objectName(file)}.o`);
    const options = [...flags, ...warningFlags(file, includes), ...wrapFlags(file, variant)];
    await run(cc, [...options, '-c', file, '-o', object], { stdout: false });
  });
}

/**
 * @param {string} objects
 * @param {string} folder
 */
async function archive(objects, folder) {
  mkdirSync(folder);
  const files = readdirSync(objects)
    .filter((name) => name.endsWith('.o'))
    .sort();
  // D stores no times and no owners. Apple's ar lacks it.
  const operation = process.platform === 'darwin' ? 'rcs' : 'rcsD';
  await run(process.env.AR ?? 'ar', [operation, join(folder, 'libmosquitto.a'), ...files], {
    cwd: objects,
    stdout: false,
  });
}
