// Builds the addon with node-gyp, as users do, and with cmake-js, for checks, sanitizers and coverage.
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureLibmosquitto } from '../libmosquitto/ensure.mjs';
import { ensurePackages } from './apt.mjs';
import { filesBelow, hashOf } from './hash.mjs';
import { step } from './log.mjs';
import { cc, cmake } from './needs.mjs';
import { nodeHeaders } from './node-headers.mjs';
import { inRoot, root } from './paths.mjs';
import { output, run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';

/** @typedef {import('../libmosquitto/variants.mjs').Variant} Variant */

const jobs = String(availableParallelism());
// Our own builds fail at a warning; those of users do not (see binding.gyp).
process.env.LIBMOSQUITTO_WERROR ??= '1';

/**
 * Returns a hash over all inputs of the build: our sources, the library, the tools.
 * @param {Variant} variant
 */
async function keyOf(variant) {
  const config = await ensureLibmosquitto(variant);
  const inputs = ['native', 'binding.gyp', 'CMakeLists.txt', 'node_modules/node-addon-api/package.json'];
  const { CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS } = process.env;
  return hashOf(filesBelow(inputs.map((input) => inRoot(input))), {
    config,
    node: process.version,
    tools: [output(cc, ['--version']), CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS],
  });
}

/**
 * Builds build/Release/libmosquitto.node, for the tests of this checkout and for `require('libmosquitto')`.
 * @param {Variant} variant
 * @returns {Promise<string>} path of the addon
 */
export async function buildAddon(variant) {
  const product = inRoot('build', 'Release', 'libmosquitto.node');
  await unlessUpToDate(product, await keyOf(variant), () => nodeGyp(root, variant));
  return product;
}

const besides = { system: 'build-system', 'static-posix': 'build-posix', 'static-plain': 'build-plain' };

/**
 * Builds build-system/Release/libmosquitto.node and the like, beside the ordinary build. node-gyp always builds in
 * ./build, so it runs in a folder with links to the same files.
 * @param {keyof typeof besides} variant
 * @returns {Promise<string>} path of the addon
 */
export async function buildBesides(variant) {
  const folder = inRoot(besides[variant]);
  const product = join(folder, 'Release', 'libmosquitto.node');
  await unlessUpToDate(product, await keyOf(variant), async () => {
    mkdirSync(join(folder, 'Release'), { recursive: true });
    for (const name of ['binding.gyp', 'package.json', 'native', 'scripts', 'node_modules']) {
      const link = join(folder, name);
      if (!existsSync(link)) symlinkSync(join('..', name), link);
    }
    await nodeGyp(folder, variant);
    copyFileSync(join(folder, 'build', 'Release', 'libmosquitto.node'), product);
  });
  return product;
}

/**
 * @param {string} folder
 * @param {Variant} variant
 */
async function nodeGyp(folder, variant) {
  step(`building the addon with node-gyp (${variant})`);
  // gyp's makefiles do not know that the addon depends on libmosquitto.a. Without these files make links again.
  for (const part of ['libmosquitto.node', 'obj.target/libmosquitto.node']) {
    rmSync(join(folder, 'build', 'Release', part), { force: true });
  }
  const env = {
    ...nodeHeaders(),
    LIBMOSQUITTO_SYSTEM: variant === 'system' ? '1' : undefined,
    LIBMOSQUITTO_POSIX: variant === 'static-posix' ? '1' : undefined,
    LIBMOSQUITTO_PLAIN: variant === 'static-plain' ? '1' : undefined,
  };
  // Not `rebuild`, which would empty build/ with the compiled tests and examples.
  const args = [inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js'), 'configure', 'build', '--jobs', jobs];
  await run(process.execPath, [...args, '--loglevel', 'warn', '-C', folder], { env, stdout: false });
}

/** @type {Record<'check' | 'address' | 'thread' | 'coverage', { folder: string, variant: Variant, sanitize: string }>} */
const cmakeBuilds = {
  check: { folder: 'build-cmake', variant: 'static', sanitize: '' },
  address: { folder: 'build-asan', variant: 'static-asan', sanitize: 'address' },
  thread: { folder: 'build-tsan', variant: 'static-tsan', sanitize: 'thread' },
  coverage: { folder: 'build-coverage', variant: 'static-coverage', sanitize: 'coverage' },
};

/**
 * @param {keyof typeof cmakeBuilds} kind
 * @param {'build' | 'configure'} [last] configure only writes compile_commands.json
 * @returns {Promise<string>} path of the addon, or of compile_commands.json
 */
export async function buildWithCMake(kind, last = 'build') {
  const { folder, variant, sanitize } = cmakeBuilds[kind];
  await ensurePackages([cmake], 'the cmake build');
  const product =
    last === 'build' ? inRoot(folder, 'Release', 'libmosquitto.node') : inRoot(folder, 'compile_commands.json');
  await unlessUpToDate(product, await keyOf(variant), async () => {
    step(`${last === 'build' ? 'building' : 'configuring'} the addon with cmake-js (${variant})`);
    const tool = inRoot('node_modules', 'cmake-js', 'bin', 'cmake-js');
    const options = [`--CDSANITIZE=${sanitize}`, '--parallel', jobs, '--log-level', 'warn', '--prefer-make'];
    // Configures each time, because cmake does not know that the flags come from scripts/.
    for (const command of last === 'build' ? ['configure', 'build'] : ['configure']) {
      const args = [tool, command, '--out', inRoot(folder), ...options];
      await run(process.execPath, args, { env: nodeHeaders(), stdout: false });
    }
  });
  return product;
}
