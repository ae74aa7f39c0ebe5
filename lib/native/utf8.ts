// Checks text by the rules that MQTT has for strings.

import { binding } from './binding';
import { MOSQ_ERR_MALFORMED_UTF8 } from './constants';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Whether text is UTF-8 as MQTT demands it of topics and other strings: mosquitto_validate_utf8().
 *
 * @param data bytes, or a string, whose UTF-8 form is looked at
 * @returns MOSQ_ERR_SUCCESS; MOSQ_ERR_MALFORMED_UTF8 for bytes that are not UTF-8, and for NUL, other control characters,
 *   non-characters such as U+FFFF, and surrogates; MOSQ_ERR_INVAL for more than 65536 bytes
 * @throws TypeError when `data` is neither
 */
export function validate_utf8(data: string | Uint8Array): number {
  // The conversion to UTF-8 replaces a lone surrogate by U+FFFD, which is valid.
  if (typeof data === 'string' && LONE_SURROGATE.test(data)) return MOSQ_ERR_MALFORMED_UTF8;
  return binding.validate_utf8(data);
}
