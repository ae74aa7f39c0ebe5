// Types of the addon's functions that need no client. Each calls the function of libmosquitto that has its name behind
// `mosquitto_`. One number replaces both the code and the result of a C function.

import type { Properties } from './properties';

/** A libmosquitto version: `number` is major * 1000000 + minor * 1000 + revision. */
export interface LibVersion {
  /** 2 in 2.1.0. */
  readonly major: number;
  /** 1 in 2.1.0. */
  readonly minor: number;
  /** 0 in 2.1.0. */
  readonly revision: number;
  /** All three: 2001000 for 2.1.0. */
  readonly number: number;
}

/** An MQTT 5 property's MQTT_PROP_* identifier and MQTT_PROP_TYPE_*. */
export interface PropertyInfo {
  /** One of MQTT_PROP_*. */
  readonly identifier: number;
  /** One of MQTT_PROP_TYPE_*. */
  readonly type: number;
}

/** 1: matches; 0: does not; negative: the MOSQ_ERR_* code, negated. */
export type Verdict = number;

export interface NativeFunctions {
  lib_init(): number;
  lib_version(): LibVersion;
  strerror(rc: number): string;
  connack_string(code: number): string;
  reason_string(code: number): string;
  /** -1 for an unknown name. */
  string_to_command(name: string): number;
  validate_utf8(data: string | Uint8Array): number;

  topic_matches_sub(sub: string, topic: string): Verdict;
  topic_matches_sub_with_pattern(
    sub: string,
    topic: string,
    client_id: string | null,
    username: string | null,
  ): Verdict;
  sub_matches_acl(acl: string, sub: string): Verdict;
  sub_matches_acl_with_pattern(acl: string, sub: string, client_id: string | null, username: string | null): Verdict;
  sub_topic_check(sub: string): number;
  pub_topic_check(topic: string): number;
  /** Throws an Error with the MOSQ_ERR_* code as `rc` when memory is short. */
  sub_topic_tokenise(sub: string): Array<string | null>;

  string_to_property_info(name: string): PropertyInfo | null;
  /** '' for an unknown identifier. */
  property_identifier_to_string(identifier: number): string;
  property_check_command(command: number, identifier: number): number;
  property_check_all(command: number, properties: Properties | null): number;
  /** Bytes; negative: the MOSQ_ERR_* code, negated. */
  property_get_length_all(properties: Properties | null): number;
  property_get_remaining_length(properties: Properties | null): number;
  varint_bytes(word: number): number;
}
