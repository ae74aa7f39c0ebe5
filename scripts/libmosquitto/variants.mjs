// Defines the variants of a build, and all flags that libmosquitto and the addon are compiled and linked with. binding.gyp
// and CMakeLists.txt get the flags through config.mjs.

import { inRoot, root } from '../lib/paths.mjs';
import { wrapDefines, wrapLinkFlags } from './wrap.mjs';

/**
 * 'static-portable' is for prebuilds: all libraries but the C library are linked in. 'static-posix' is for tests: it uses
 * nothing that only Linux and GNU's linker have, like a build on macOS. 'static-plain' is for tests too: it lacks
 * native/libmosquitto/engine. 'static-mingw' is for Windows, made on Linux. 'static-fuzz' is for libFuzzer's harness, made by
 * clang. 'static-coverage' counts how often each line runs.
 * @typedef {'static' | 'static-portable' | 'static-posix' | 'static-plain' | 'static-mingw' | 'static-asan' | 'static-tsan' | 'static-coverage' | 'static-fuzz' | 'system'} Variant
 */

/** @type {Variant[]} */
export const variants = [
  'static',
  'static-portable',
  'static-posix',
  'static-plain',
  'static-mingw',
  'static-asan',
  'static-tsan',
  'static-coverage',
  'static-fuzz',
  'system',
];

/**
 * These flags are for the library and the addon: a sanitizer checks only code that was compiled for it.
 * @type {Record<Variant, string[]>}
 */
export const compileFlags = {
  static: [],
  // Folders of the build machine would reveal facts about it, and would make each build different.
  'static-portable': [`-ffile-prefix-map=${root}=.`],
  'static-posix': ['-DLIBMOSQUITTO_POSIX_ONLY'],
  'static-plain': ['-DLIBMOSQUITTO_PLAIN'],
  // Without dllimport calls go by symbols that the linker can wrap, and libmosquitto's headers, which know of no static
  // build on Windows, do not look for a library.
  'static-mingw': [`-ffile-prefix-map=${root}=.`, '-Ddllimport=', '-D_WIN32_WINNT=0x0A00', '-DWIN32_LEAN_AND_MEAN'],
  system: [],
  'static-asan': ['-fsanitize=address,undefined', '-fno-omit-frame-pointer', '-O1', '-g'],
  'static-tsan': ['-fsanitize=thread', '-fno-omit-frame-pointer', '-O1', '-g'],
  // Several threads count at once.
  'static-coverage': ['--coverage', '-fprofile-update=atomic', '-O0', '-g0'],
  'static-fuzz': [
    '-fsanitize=fuzzer-no-link,address,undefined',
    '-fno-sanitize-recover=all',
    '-fno-omit-frame-pointer',
    '-O1',
    '-g',
  ],
};

/**
 * Flags that decide how the compiler's own libraries are linked.
 * @type {Record<Variant, string[]>}
 */
const runtimeLinkFlags = {
  static: [],
  // The system's libstdc++ may be older than the compiler's, or missing.
  'static-portable': ['-static-libstdc++', '-static-libgcc'],
  'static-posix': [],
  'static-plain': [],
  // Windows has none of them.
  'static-mingw': ['-static'],
  system: [],
  // The runtime of the undefined behaviour sanitizer is linked in: as a shared library it shares
  // symbols with the address sanitizer's, and its reports would miss the file that log_path names.
  'static-asan': ['-fsanitize=address,undefined', '-static-libubsan'],
  'static-tsan': ['-fsanitize=thread'],
  'static-coverage': ['--coverage'],
  'static-fuzz': [],
};

/** Flags of the library only: nothing that it defines may be visible outside the addon. */
export const libraryFlags = ['-fPIC', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections', '-pthread'];

/**
 * @param {Variant} variant
 * @returns {string[]}
 */
export function linkFlags(variant) {
  if (process.platform === 'darwin') return appleLinkFlags;
  if (variant === 'static-mingw') {
    return [...runtimeLinkFlags[variant], '-shared', '-s', '-Wl,--gc-sections', ...wrapLinkFlags(variant)];
  }
  const exported = variant === 'system' ? 'exports-system.map' : 'exports.map';
  const common = [`-Wl,--version-script=${inRoot('native', exported)}`, '-Wl,-z,relro,-z,now', '-Wl,--gc-sections'];
  if (variant === 'system') return common;
  return [
    ...runtimeLinkFlags[variant],
    // Node exports an OpenSSL of its own. Without these two flags our references would be bound to it.
    '-Wl,--exclude-libs,ALL',
    '-Wl,-Bsymbolic',
    ...common,
    ...wrapLinkFlags(variant),
  ];
}

/** Apple's linker binds a reference to the file that it was linked with, so never to Node's OpenSSL. */
const appleLinkFlags = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']
  .map((name) => `-Wl,-exported_symbol,_${name}`)
  .concat('-Wl,-dead_strip');

/**
 * @param {Variant} variant
 * @param {boolean} reviewed
 * @returns {string[]}
 */
export function addonDefines(variant, reviewed) {
  const own = variant === 'system' ? ['LIBMOSQUITTO_SYSTEM=1'] : ['LIBMOSQUITTO_STATIC', ...wrapDefines(variant)];
  return [...own, `LIBMOSQUITTO_REVIEWED=${reviewed}`];
}
