// Lists the functions whose calls the addon intercepts in libmosquitto, and makes the linker's flags for that. A call of NAME
// goes to __wrap_NAME, which can call the function itself as __real_NAME.
import { readFileSync } from 'node:fs';

/**
 * The wrapped functions: of the C library (native/driver/libc_hooks.cc), then of libmosquitto itself
 * (native/libmosquitto). Each is followed by the upstream objects that call it, in alphabetical order. Calls from the
 * object that defines the function do not reach its wrapper. test/native/wraps.test.ts compares this table with the build.
 * @type {Record<string, string[]>}
 */
export const callers = {
  socket: ['net_mosq'],
  connect: ['net_mosq'],
  bind: ['net_mosq'],
  getaddrinfo: ['net_mosq'],
  socketpair: ['net_mosq'],

  send__puback: ['handle_publish'],
  send__pubrec: ['handle_publish', 'messages_mosq'],
  send__pubrel: ['handle_pubrec', 'messages_mosq'],
  send__pubcomp: ['handle_pubrel'],
  message__queue: ['actions_publish', 'handle_publish'],
  message__release_to_inflight: ['handle_pubackcomp', 'handle_pubrec'],
  message__reconnect_reset: ['connect', 'handle_connack'],
  message__retry_check: ['handle_connack'],
  message__out_update: ['handle_pubrec'],
  message__delete: ['handle_pubackcomp', 'handle_pubrec'],
  util__increment_send_quota: ['handle_pubackcomp', 'handle_pubrec'],
  mosquitto__mid_generate: ['actions_publish', 'send_subscribe', 'send_unsubscribe'],
  packet__cleanup_all: ['connect', 'http_client'],
  net__read: ['http_client', 'net_ws', 'packet_mosq', 'socks_mosq'],
  handle__packet: ['packet_mosq'],
  handle__publish: ['read_handle'],
  handle__pubrel: ['read_handle'],
  handle__auth: ['read_handle'],
  handle__connack: ['read_handle'],
  callback__on_publish: ['handle_pubackcomp', 'handle_pubrec', 'packet_mosq'],
  callback__on_disconnect: ['connect', 'loop', 'util_mosq'],
  mosquitto_validate_utf8: [
    'actions_publish',
    'actions_subscribe',
    'actions_unsubscribe',
    'libmosquitto',
    'options',
    'packet_datatypes',
    'property_common',
    'will_mosq',
  ],
  mosquitto_pub_topic_check: ['actions_publish', 'handle_publish', 'property_common', 'will_mosq'],
  mosquitto_time: ['connect', 'libmosquitto', 'loop', 'packet_mosq', 'send_mosq', 'util_mosq'],
  property__read_all: [
    'handle_auth',
    'handle_connack',
    'handle_disconnect',
    'handle_pubackcomp',
    'handle_publish',
    'handle_pubrec',
    'handle_pubrel',
    'handle_suback',
    'handle_unsuback',
  ],
  mosquitto_property_check_all: [
    'actions_publish',
    'actions_subscribe',
    'actions_unsubscribe',
    'connect',
    'options',
    'property_mosq',
  ],
  packet__check_oversize: [
    'actions_publish',
    'actions_subscribe',
    'actions_unsubscribe',
    'extended_auth',
    'send_publish',
  ],
  net__write: ['packet_mosq'],
  net__read_ws: ['packet_mosq'],
  packet__read: ['loop', 'socks_mosq'],
  packet__write: ['loop'],
  send__connect: ['connect', 'http_client', 'socks_mosq'],
  packet__write_bytes: ['property_mosq', 'send_publish'],
  packet__queue: [
    'extended_auth',
    'http_client',
    'net_ws',
    'send_connect',
    'send_disconnect',
    'send_mosq',
    'send_publish',
    'send_subscribe',
    'send_unsubscribe',
    'socks_mosq',
  ],
  mosquitto__set_state: ['connect', 'http_client', 'socks_mosq'],
  mosquitto__verify_ocsp_status_cb: ['net_mosq'],
  mosquitto__server_certificate_verify: ['net_mosq'],
  tls__set_verify_hostname: ['net_mosq'],
  packet__cleanup_all_no_locks: ['libmosquitto'],
  socks5__read: ['loop'],
  http_c__context_init: ['connect'],
  http_c__read: ['loop'],
  handle__suback: ['read_handle'],
  handle__unsuback: ['read_handle'],
};

/** Those of the functions that only native/libmosquitto/engine wraps. A build without it does not wrap them. */
export const ofEngine = [
  'send__puback',
  'send__pubrel',
  'send__pubcomp',
  'mosquitto_validate_utf8',
  'mosquitto_pub_topic_check',
  'mosquitto_time',
  'packet__write_bytes',
];

const wrapped = Object.keys(callers);

/**
 * Apple's linker has no --wrap. For macOS, and in a build that tests the code for macOS, the preprocessor renames the calls.
 * @param {import('./variants.mjs').Variant} variant
 */
function byLinker(variant) {
  return process.platform !== 'darwin' && variant !== 'static-posix';
}

/** Windows has no socketpair(): the library has a function of its own for that. @param {import('./variants.mjs').Variant} variant */
function wrappedIn(variant) {
  if (variant === 'static-plain') return wrapped.filter((name) => !ofEngine.includes(name));
  return variant === 'static-mingw' ? wrapped.map((name) => name.replace(/^socketpair$/, 'net__socketpair')) : wrapped;
}

/** @param {import('./variants.mjs').Variant} variant */
export function wrapLinkFlags(variant) {
  return byLinker(variant) ? wrappedIn(variant).map((name) => `-Wl,--wrap=${name}`) : [];
}

/**
 * Definitions for the addon's own sources, which define __wrap_NAME and call __real_NAME. They never call NAME to be wrapped.
 * @param {import('./variants.mjs').Variant} variant
 */
export function wrapDefines(variant) {
  return byLinker(variant) ? [] : wrappedIn(variant).map(real);
}

/**
 * Flags for one source file of the library. As with --wrap, a file's calls of what it defines itself stay as they are.
 * @param {string} file
 * @param {import('./variants.mjs').Variant} variant
 */
export function wrapFlags(file, variant) {
  if (byLinker(variant)) return [];
  const text = readFileSync(file, 'utf8');
  return wrappedIn(variant).flatMap((name) => {
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
