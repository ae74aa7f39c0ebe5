import { type BuildInfo, binding, type LibVersion } from './binding';

// The functions of the C library that need no client.

/** libmosquitto's version, as mosquitto_lib_version() gives it at run time: 2.1.0 for every 2.1.x. See build_info(). */
export function lib_version(): LibVersion {
  return binding.lib_version();
}

/** What the native addon was built with: libmosquitto's exact version, how it is linked, OpenSSL's version, features. */
export function build_info(): BuildInfo {
  return binding.build_info();
}

/**
 * The meaning of a MOSQ_ERR_* code, in English: mosquitto_strerror().
 *
 * @param rc a code; for an unknown one the text says so
 */
export function strerror(rc: number): string {
  return binding.strerror(rc);
}

/**
 * The meaning of a broker's answer to a connection attempt, in English: mosquitto_connack_string().
 *
 * @param code the `rc` of on_connect: 0 to 5 in MQTT 3.1 and 3.1.1
 */
export function connack_string(code: number): string {
  return binding.connack_string(code);
}
