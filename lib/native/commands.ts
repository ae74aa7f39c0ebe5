// Converts the name of an MQTT packet to its type.

import { binding } from './binding';

/**
 * The type of an MQTT packet by its name: mosquitto_string_to_command().
 *
 * @param name such as 'publish', in upper or lower case. 'will' is accepted like a packet, because a will has properties
 * @returns one of CMD_*, such as CMD_PUBLISH; -1 for an unknown name. 'pingreq' and 'pingresp' are unknown, because these
 *   packets have no properties
 * @throws TypeError when `name` is not a string, or has a NUL or a lone surrogate
 */
export function string_to_command(name: string): number {
  return binding.string_to_command(name);
}
