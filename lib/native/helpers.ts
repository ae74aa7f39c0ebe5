// Functions of libmosquitto that need no client: its version, and texts for codes.

import { type BuildInfo, binding } from './binding';
import type { LibVersion } from './binding-functions';
import { MOSQ_ERR_SUCCESS } from './constants';

/**
 * Initialises the library: mosquitto_lib_init(). This package has called it when it was loaded. A program need not call it;
 * another call has no effect.
 *
 * @returns MOSQ_ERR_SUCCESS, the value that C returns
 */
export function lib_init(): number {
  return binding.lib_init();
}

/**
 * Does nothing: other clients of the process may still use the library, which frees itself at the end of the process. This
 * function replaces mosquitto_lib_cleanup(), so that programs that call it can be ported unchanged.
 *
 * @returns MOSQ_ERR_SUCCESS
 */
export function lib_cleanup(): number {
  return MOSQ_ERR_SUCCESS;
}

/** libmosquitto's version, as mosquitto_lib_version() gives it at run time: 2.1.0 for every 2.1.x. See build_info(). */
export function lib_version(): LibVersion {
  return binding.lib_version();
}

/**
 * Tells how the native addon was built: libmosquitto's exact version, whether this package was reviewed with it, how it is
 * linked, OpenSSL's version, features.
 */
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
 * @param code the `rc` of on_connect: 0 to 5 in MQTT 3.1 and 3.1.1. In MQTT 5 it is a reason code: see reason_string()
 */
export function connack_string(code: number): string {
  return binding.connack_string(code);
}

/**
 * The meaning of an MQTT 5 reason code, in English: mosquitto_reason_string().
 *
 * @param code one of MQTT_RC_*; for an unknown one the text says so
 */
export function reason_string(code: number): string {
  return binding.reason_string(code);
}
