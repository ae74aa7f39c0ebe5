// The one place for the flags that libmosquitto and the addon are compiled and linked with.
// binding.gyp and CMakeLists.txt get them from here through config.mjs.

import { inRoot, root } from '../lib/paths.mjs';
import { wrapDefines, wrapLinkFlags } from './wrap.mjs';

/**
 * 'static-portable' is what the prebuilds are: it takes along all but the C library. 'static-posix' is for tests: it does
 * without what Linux and GNU's linker alone have, as a build on macOS must. 'static-plain' is for tests too: without
 * native/libmosquitto/engine. 'static-mingw' is for Windows, made on Linux. 'static-fuzz' is for libFuzzer's harness, by
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
 * For the library and the addon alike: a sanitizer sees only what was compiled for it.
 * @type {Record<Variant, string[]>}
 */
export const compileFlags = {
  static: [],
  // Folders of the machine that built it are nobody's concern, and would make each build another.
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

/** The library's own: nothing that it defines may be seen outside the addon. */
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
    // Node exports an OpenSSL of its own: without these two our references would bind to it.
    '-Wl,--exclude-libs,ALL',
    '-Wl,-Bsymbolic',
    ...common,
    ...wrapLinkFlags(variant),
  ];
}

/** A reference is bound to the file that it was linked from: Node's OpenSSL cannot come between. */
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
