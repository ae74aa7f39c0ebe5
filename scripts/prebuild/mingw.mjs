// node mingw.mjs NODE_HEADERS PRODUCT
//
// Compiles and links the addon for Windows. windows.mjs runs it with MinGW-w64's programs in $CC, $CXX and $AR. node-gyp
// supports only the tools of the system that it runs on.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { main, UserError } from '../lib/log.mjs';
import { inParallel } from '../lib/parallel.mjs';
import { inRoot } from '../lib/paths.mjs';
import { mustOutput, run } from '../lib/run.mjs';
import { buildStatic } from '../libmosquitto/build.mjs';
import { warnUnlessReviewed } from '../libmosquitto/reviewed.mjs';
import { windows } from './targets.mjs';

const cxx = process.env.CXX ?? `${windows.prefix}g++-posix`;

/**
 * @param {import('../libmosquitto/config-file.mjs').Config} config
 * @param {string} headers
 */
function flags(config, headers) {
  const own = ['native', ...config.include_dirs];
  const others = [dirname(createRequire(inRoot('package.json')).resolve('node-addon-api')), headers];
  const defines = [
    'NAPI_VERSION=8',
    'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
    `LIBMOSQUITTO_EXACT_VERSION="${config.version}"`,
    ...config.defines,
  ];
  return [
    ...['-std=c++17', '-O2', '-Wall', '-Wextra', '-fexceptions', '-ffunction-sections', '-fdata-sections'],
    ...config.compile_flags,
    ...defines.map((define) => `-D${define}`),
    ...own.map((folder) => `-I${folder}`),
    ...others.flatMap((folder) => ['-isystem', folder]),
  ];
}

/**
 * @param {string[]} options
 * @param {string} objects
 */
async function compileAll(options, objects) {
  /** @type {string[]} */
  const sources = JSON.parse(readFileSync(inRoot('native', 'sources.json'), 'utf8'));
  const all = [...sources, 'native/system_windows.cc'];
  const compiled = all.map((source, index) => ({ source, object: join(objects, `${index}-${basename(source)}.o`) }));
  await inParallel(compiled, async ({ source, object }) => {
    await run(cxx, [...options, '-c', source, '-o', object], { cwd: inRoot(), stdout: false });
  });
  return compiled.map(({ object }) => object);
}

/**
 * Makes an import library of the functions that these objects import from Node's own program.
 * @param {string[]} objects
 * @param {string} folder
 */
async function importLibrary(objects, folder) {
  const open = mustOutput(`${windows.prefix}nm`, ['--undefined-only', '--format=just-symbols', ...objects]);
  const names = new Set(open.split('\n').filter((name) => /^(uv|napi|node_api)_\w+$/.test(name)));
  const definition = join(folder, 'node.def');
  writeFileSync(definition, ['LIBRARY node.exe', 'EXPORTS', ...[...names].sort(), ''].join('\n'));
  const library = join(folder, 'libnode.dll.a');
  await run(`${windows.prefix}dlltool`, ['-d', definition, '-l', library], { stdout: false });
  return library;
}

await main(async () => {
  const [headers, product] = process.argv.slice(2);
  if (!headers || !product) throw new UserError('mingw.mjs: the arguments NODE_HEADERS and PRODUCT are missing');
  const config = await buildStatic('static-mingw');
  warnUnlessReviewed(config);
  const folder = join(dirname(product), 'objects');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const objects = await compileAll(flags(config, headers), folder);
  const node = await importLibrary(objects, folder);
  await run(cxx, [...config.link_flags, '-o', product, ...objects, node, ...config.libraries], { stdout: false });
  rmSync(folder, { recursive: true });
});
