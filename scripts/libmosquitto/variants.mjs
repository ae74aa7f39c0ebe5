// The one place for the flags that libmosquitto and the addon are compiled and linked with.
// binding.gyp and CMakeLists.txt get them from here through config.mjs.

import { inRoot } from '../lib/paths.mjs';

/** @typedef {'static' | 'static-asan' | 'static-tsan' | 'system'} Variant */

/** @type {Variant[]} */
export const variants = ['static', 'static-asan', 'static-tsan', 'system'];

/**
 * For the library and the addon alike: a sanitizer sees only what was compiled for it.
 * @type {Record<Variant, string[]>}
 */
export const compileFlags = {
  static: [],
  system: [],
  'static-asan': ['-fsanitize=address,undefined', '-fno-omit-frame-pointer', '-O1', '-g'],
  'static-tsan': ['-fsanitize=thread', '-fno-omit-frame-pointer', '-O1', '-g'],
};

/**
 * The runtime of the undefined behaviour sanitizer is linked in: as a shared library it shares
 * symbols with the address sanitizer's, and its reports would miss the file that log_path names.
 * @type {Record<Variant, string[]>}
 */
const sanitizerLinkFlags = {
  static: [],
  system: [],
  'static-asan': ['-fsanitize=address,undefined', '-static-libubsan'],
  'static-tsan': ['-fsanitize=thread'],
};

/** The library's own: nothing that it defines may be seen outside the addon. */
export const libraryFlags = ['-fPIC', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections', '-pthread'];

/**
 * The functions whose calls the addon stands in for: of the C library (native/driver/libc_hooks.cc),
 * and of libmosquitto itself (native/libmosquitto/*.c).
 */
const wrapped = [
  ...['socket', 'connect', 'bind', 'getaddrinfo', 'socketpair'],
  ...['send__pubrec', 'packet__cleanup', 'net__read', 'handle__packet', 'handle__publish', 'callback__on_ext_auth'],
  ...['handle__connack', 'callback__on_publish', 'callback__on_disconnect'],
  ...['property__read_all', 'mosquitto_property_check_all', 'packet__check_oversize'],
  ...[
    'net__write',
    'net__read_ws',
    'packet__read',
    'packet__write',
    'send__connect',
    'mosquitto__set_state',
    'mosquitto__verify_ocsp_status_cb',
  ],
];

/**
 * @param {Variant} variant
 * @returns {string[]}
 */
export function linkFlags(variant) {
  const exported = variant === 'system' ? 'exports-system.map' : 'exports.map';
  const common = [`-Wl,--version-script=${inRoot('native', exported)}`, '-Wl,-z,relro,-z,now', '-Wl,--gc-sections'];
  if (variant === 'system') return common;
  return [
    ...sanitizerLinkFlags[variant],
    // Node exports an OpenSSL of its own: without these two our references would bind to it.
    '-Wl,--exclude-libs,ALL',
    '-Wl,-Bsymbolic',
    ...common,
    ...wrapped.map((name) => `-Wl,--wrap=${name}`),
  ];
}

/**
 * @param {Variant} variant
 * @returns {string[]}
 */
export function addonDefines(variant) {
  return variant === 'system' ? ['LIBMOSQUITTO_SYSTEM=1'] : ['LIBMOSQUITTO_STATIC'];
}
