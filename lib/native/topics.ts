// Functions of libmosquitto about topics and filters. Each throws a TypeError when an argument is not a string, or has a NUL
// or a lone surrogate.

import { binding } from './binding';
import type { Verdict } from './binding-functions';
import { from_native, MosquittoError } from './errors';

function matches(verdict: Verdict, name: string, ...args: Array<string | null>): boolean {
  if (verdict >= 0) return verdict !== 0;
  const shown = args.map((argument) => (argument === null ? 'null' : `'${argument}'`)).join(', ');
  throw new MosquittoError(-verdict, `${name}(${shown}): ${binding.strerror(-verdict)}`);
}

/**
 * Whether a topic matches a subscription's filter: mosquitto_topic_matches_sub().
 *
 * @param sub a filter, in which `+` stands for one level and a last `#` for any number of levels
 * @param topic a topic, without wildcards
 * @throws MosquittoError MOSQ_ERR_INVAL and others when the filter or the topic is not valid
 * @throws TypeError when an argument is not a string, or has a NUL or a lone surrogate
 */
export function topic_matches_sub(sub: string, topic: string): boolean {
  return matches(binding.topic_matches_sub(sub, topic), 'topic_matches_sub', sub, topic);
}

/**
 * As topic_matches_sub(), with a filter in which a level `%c` stands for the client id and `%u` for the user name, as
 * in a broker's access control file: mosquitto_topic_matches_sub_with_pattern().
 *
 * @param client_id what `%c` stands for; with null, the default, or '' such a filter matches nothing
 * @param username what `%u` stands for; with null, the default, or '' such a filter matches nothing
 * @throws MosquittoError MOSQ_ERR_INVAL when the filter or the topic is not valid; MOSQ_ERR_NOT_SUPPORTED on
 *   libmosquitto 2.0
 */
export function topic_matches_sub_with_pattern(
  sub: string,
  topic: string,
  client_id: string | null = null,
  username: string | null = null,
): boolean {
  const verdict = binding.topic_matches_sub_with_pattern(sub, topic, client_id, username);
  return matches(verdict, 'topic_matches_sub_with_pattern', sub, topic, client_id, username);
}

/**
 * Whether all that a subscription could receive is allowed by an access control filter: mosquitto_sub_matches_acl().
 *
 * @param acl the filter that is allowed
 * @param sub the filter that is subscribed to
 * @throws MosquittoError MOSQ_ERR_INVAL when a filter is not valid; MOSQ_ERR_NOT_SUPPORTED on libmosquitto 2.0
 */
export function sub_matches_acl(acl: string, sub: string): boolean {
  return matches(binding.sub_matches_acl(acl, sub), 'sub_matches_acl', acl, sub);
}

/**
 * As sub_matches_acl(), with `%c` and `%u` in the access control filter: see topic_matches_sub_with_pattern().
 * mosquitto_sub_matches_acl_with_pattern().
 *
 * @param acl the filter that is allowed
 * @param sub the filter that is subscribed to
 * @param client_id what `%c` stands for; null by default
 * @param username what `%u` stands for; null by default
 * @throws MosquittoError MOSQ_ERR_INVAL when a filter is not valid; MOSQ_ERR_NOT_SUPPORTED on libmosquitto 2.0
 */
export function sub_matches_acl_with_pattern(
  acl: string,
  sub: string,
  client_id: string | null = null,
  username: string | null = null,
): boolean {
  const verdict = binding.sub_matches_acl_with_pattern(acl, sub, client_id, username);
  return matches(verdict, 'sub_matches_acl_with_pattern', acl, sub, client_id, username);
}

/**
 * Whether a filter may be subscribed to: mosquitto_sub_topic_check().
 *
 * @returns MOSQ_ERR_SUCCESS, or MOSQ_ERR_INVAL for an empty filter, one of more than 65535 bytes, a wildcard that is
 *   only a part of its level, a `#` that is not last, and, from libmosquitto 2.1 on, more than 200 slashes
 */
export function sub_topic_check(sub: string): number {
  return binding.sub_topic_check(sub);
}

/**
 * Whether a topic may be published to: mosquitto_pub_topic_check().
 *
 * @returns MOSQ_ERR_SUCCESS, or MOSQ_ERR_INVAL for an empty topic, one of more than 65535 bytes, one with a wildcard,
 *   and, from libmosquitto 2.1 on, more than 200 slashes
 */
export function pub_topic_check(topic: string): number {
  return binding.pub_topic_check(topic);
}

/**
 * The levels of a topic or filter: mosquitto_sub_topic_tokenise().
 *
 * @param sub a topic or filter; its validity is not checked
 * @returns the text of each level, null for an empty one: `['a', null, '+']` for 'a//+', `[null]` for ''
 * @throws MosquittoError MOSQ_ERR_NOMEM
 */
export function sub_topic_tokenise(sub: string): Array<string | null> {
  try {
    return binding.sub_topic_tokenise(sub);
  } catch (error) {
    throw from_native(error);
  }
}
