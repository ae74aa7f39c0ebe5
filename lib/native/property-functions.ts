// Functions of libmosquitto about MQTT 5 properties: their names, types and lengths, and the packets that may have them.

import { binding } from './binding';
import type { PropertyInfo } from './binding-functions';
import { MosquittoError } from './errors';
import type { Properties } from './properties';

/**
 * The identifier and the type of a property: mosquitto_string_to_property_info().
 *
 * @param name such as 'content-type', in upper or lower case: the keys of a `Properties` object
 * @returns `identifier`, one of MQTT_PROP_*, and `type`, one of MQTT_PROP_TYPE_*; null for an unknown name
 * @throws TypeError when `name` is not a string, or has a NUL or a lone surrogate
 */
export function string_to_property_info(name: string): PropertyInfo | null {
  return binding.string_to_property_info(name);
}

/**
 * The name of a property: mosquitto_property_identifier_to_string().
 *
 * @param identifier one of MQTT_PROP_*
 * @returns such as 'content-type'; null for an unknown identifier
 */
export function property_identifier_to_string(identifier: number): string | null {
  return binding.property_identifier_to_string(identifier) || null;
}

/**
 * Whether a property may stand in a packet: mosquitto_property_check_command().
 *
 * @param command the packet, one of CMD_*; CMD_WILL for a will
 * @param identifier the property, one of MQTT_PROP_*
 * @returns MOSQ_ERR_SUCCESS, or MOSQ_ERR_PROTOCOL when it may not, and for an unknown identifier
 */
export function property_check_command(command: number, identifier: number): number {
  return binding.property_check_command(command, identifier);
}

/**
 * Whether properties may stand in a packet, each for itself and together: mosquitto_property_check_all().
 *
 * @param command the packet, one of CMD_*; CMD_WILL for a will
 * @returns MOSQ_ERR_SUCCESS; MOSQ_ERR_PROTOCOL for one that may not stand there, and for a value that MQTT forbids;
 *   MOSQ_ERR_DUPLICATE_PROPERTY for one that may stand only once
 * @throws TypeError or RangeError that names the property: an unknown name, a value of the wrong type or out of range
 */
export function property_check_all(command: number, properties: Properties | null): number {
  return binding.property_check_all(command, properties);
}

function bytes(length: number, name: string): number {
  if (length < 0) throw new MosquittoError(-length, `${name}: ${binding.strerror(-length)}`);
  return length;
}

/**
 * The bytes that properties take in a packet: mosquitto_property_get_length_all().
 *
 * @throws MosquittoError MOSQ_ERR_NOT_SUPPORTED on libmosquitto 2.0
 * @throws TypeError or RangeError as property_check_all()
 */
export function property_get_length_all(properties: Properties | null): number {
  return bytes(binding.property_get_length_all(properties), 'property_get_length_all');
}

/**
 * The bytes that properties take in a packet, with the number before them that tells their length:
 * mosquitto_property_get_remaining_length().
 *
 * @throws MosquittoError MOSQ_ERR_NOT_SUPPORTED on libmosquitto 2.0
 * @throws TypeError or RangeError as property_check_all()
 */
export function property_get_remaining_length(properties: Properties | null): number {
  return bytes(binding.property_get_remaining_length(properties), 'property_get_remaining_length');
}

/**
 * The bytes that MQTT's variable byte integer needs for a number: mosquitto_varint_bytes().
 *
 * @param word 0 to 268435455, the largest that it can encode
 * @returns 1 to 4; 5 for a larger number
 */
export function varint_bytes(word: number): number {
  return binding.varint_bytes(word);
}
