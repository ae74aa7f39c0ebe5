// Packet types of MQTT by their names.

import { binding } from './binding';

/**
 * The type of an MQTT packet by its name: mosquitto_string_to_command().
 *
 * @param name such as 'publish', in upper or lower case; 'will' is taken for a packet, for the sake of its properties
 * @returns one of CMD_*, such as CMD_PUBLISH; -1 for an unknown name, which 'pingreq' and 'pingresp' are as well: they
 *   have no properties
 * @throws TypeError when `name` is not a string, or has a NUL or a lone surrogate
 */
export function string_to_command(name: string): number {
  return binding.string_to_command(name);
}
