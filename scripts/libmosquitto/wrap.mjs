// How the addon comes between libmosquitto and functions that it calls: NAME goes to __wrap_NAME, and __real_NAME is the
// function itself.
import { readFileSync } from 'node:fs';

/**
 * Functions of the C library (native/driver/libc_hooks.cc), and of libmosquitto itself (native/libmosquitto/*.c).
 */
const wrapped = [
  ...['socket', 'connect', 'bind', 'getaddrinfo', 'socketpair'],
  ...['send__puback', 'send__pubrec', 'send__pubrel', 'send__pubcomp'],
  ...[
    'message__queue',
    'message__release_to_inflight',
    'message__reconnect_reset',
    'message__retry_check',
    'message__out_update',
    'message__delete',
    'util__increment_send_quota',
    'mosquitto__mid_generate',
    'packet__cleanup',
    'packet__cleanup_all',
    'net__read',
    'handle__packet',
    'handle__publish',
    'handle__pubrel',
    'callback__on_ext_auth',
  ],
  ...['handle__connack', 'callback__on_publish', 'callback__on_disconnect'],
  ...['mosquitto_validate_utf8', 'mosquitto_pub_topic_check', 'mosquitto_time'],
  ...['property__read_all', 'mosquitto_property_check_all', 'packet__check_oversize'],
  ...[
    'net__write',
    'net__read_ws',
    'packet__read',
    'packet__write',
    'send__connect',
    'packet__write_bytes',
    'packet__queue',
    'mosquitto__set_state',
    'mosquitto__verify_ocsp_status_cb',
    'mosquitto__server_certificate_verify',
    'tls__set_verify_hostname',
    'packet__cleanup_all_no_locks',
  ],
  ...['socks5__read', 'http_c__context_init', 'http_c__read'],
  ...['handle__suback', 'handle__unsuback'],
];

/**
 * Apple's linker has no --wrap: there, and where that is to be tested, the preprocessor renames the calls.
 * @param {import('./variants.mjs').Variant} variant
 */
function byLinker(variant) {
  return process.platform !== 'darwin' && variant !== 'static-posix';
}

/** Windows has no socketpair(): the library has a function of its own for that. @param {import('./variants.mjs').Variant} variant */
function wrappedIn(variant) {
  return variant === 'static-mingw' ? wrapped.map((name) => name.replace(/^socketpair$/, 'net__socketpair')) : wrapped;
}

/** @param {import('./variants.mjs').Variant} variant */
export function wrapLinkFlags(variant) {
  return byLinker(variant) ? wrappedIn(variant).map((name) => `-Wl,--wrap=${name}`) : [];
}

/**
 * For the addon's own sources, which define __wrap_NAME and call __real_NAME, never NAME to be wrapped.
 * @param {import('./variants.mjs').Variant} variant
 */
export function wrapDefines(variant) {
  return byLinker(variant) ? [] : wrapped.map(real);
}

/**
 * Flags for one source file of the library. As with --wrap, a file's calls of what it defines itself stay as they are.
 * @param {string} file
 * @param {import('./variants.mjs').Variant} variant
 */
export function wrapFlags(file, variant) {
  if (byLinker(variant)) return [];
  const text = readFileSync(file, 'utf8');
  return wrapped.flatMap((name) => {
    if (text.includes(`__real_${name}`)) return [`-D${real(name)}`];
    return isDefinedIn(text, name) ? [] : [`-D${name}=__wrap_${name}`];
  });
}

/** @param {string} name */
function real(name) {
  return `__real_${name}=${name}`;
}

/**
 * A definition starts at the beginning of a line and has a body.
 * @param {string} text
 * @param {string} name
 */
function isDefinedIn(text, name) {
  return new RegExp(String.raw`^[A-Za-z_][\w \t*]*\b${name}\([^;{]*\{`, 'm').test(text);
}
