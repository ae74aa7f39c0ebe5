// Checked by tsc, never run: the types of the module's functions and constants.

import type { PropertyInfo } from 'libmosquitto';
import * as libmosquitto from 'libmosquitto';
import {
  CMD_CONNECT,
  CMD_WILL,
  CONNACK_REFUSED_NOT_AUTHORIZED,
  lib_cleanup,
  lib_init,
  MOSQ_ERR_QUOTA_EXCEEDED,
  MOSQ_OPT_PROTOCOL_VERSION,
  MOSQ_T_WEBSOCKETS,
  MQTT_MAX_PAYLOAD,
  MQTT_PROP_SHARED_SUB_AVAILABLE,
  MQTT_PROP_TYPE_STRING_PAIR,
  MQTT_PROTOCOL_V5,
  MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED,
  MQTT_SESSION_EXPIRY_NEVER,
  MQTT_SUB_OPT_NO_LOCAL,
  PROTOCOL_NAME,
  property_check_all,
  property_check_command,
  property_get_length_all,
  property_get_remaining_length,
  property_identifier_to_string,
  pub_topic_check,
  reason_string,
  string_to_command,
  string_to_property_info,
  sub_matches_acl,
  sub_matches_acl_with_pattern,
  sub_topic_check,
  sub_topic_tokenise,
  topic_matches_sub_with_pattern,
  validate_utf8,
  varint_bytes,
} from 'libmosquitto';
import { exactly, type Same } from './exactly';

// ---------------------------------------------------------------- functions

exactly<number>()(lib_init(), true);
exactly<number>()(lib_cleanup(), true);
exactly<string>()(reason_string(MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED), true);
exactly<number>()(string_to_command('publish'), true);
exactly<number>()(validate_utf8('text'), true);
exactly<number>()(validate_utf8(Buffer.from('text')), true);
// @ts-expect-error: text or bytes
validate_utf8(5);

exactly<boolean>()(topic_matches_sub_with_pattern('a/%c', 'a/b', 'b', null), true);
exactly<boolean>()(topic_matches_sub_with_pattern('a/%c', 'a/b'), true);
exactly<boolean>()(sub_matches_acl('a/#', 'a/b'), true);
exactly<boolean>()(sub_matches_acl_with_pattern('a/%u', 'a/b', null, 'b'), true);
exactly<number>()(sub_topic_check('a/#'), true);
exactly<number>()(pub_topic_check('a/b'), true);
exactly<Array<string | null>>()(sub_topic_tokenise('a//b'), true);

exactly<PropertyInfo | null>()(string_to_property_info('content-type'), true);
exactly<string | null>()(property_identifier_to_string(MQTT_PROP_SHARED_SUB_AVAILABLE), true);
exactly<number>()(property_check_command(CMD_WILL, MQTT_PROP_SHARED_SUB_AVAILABLE), true);
exactly<number>()(property_check_all(CMD_CONNECT, { 'receive-maximum': 5 }), true);
exactly<number>()(property_get_length_all({ 'user-property': [['name', 'value']] }), true);
exactly<number>()(property_get_remaining_length({}), true);
exactly<number>()(varint_bytes(128), true);
// @ts-expect-error: no such property
property_check_all(CMD_CONNECT, { 'receive-minimum': 5 });
// @ts-expect-error: a number
property_check_all(CMD_CONNECT, { 'receive-maximum': '5' });

// ---------------------------------------------------------------- constants

exactly<-6>()(MOSQ_ERR_QUOTA_EXCEEDED, true);
exactly<1>()(MOSQ_OPT_PROTOCOL_VERSION, true);
exactly<2>()(MOSQ_T_WEBSOCKETS, true);
exactly<5>()(MQTT_PROTOCOL_V5, true);
exactly<256>()(CMD_WILL, true);
exactly<5>()(CONNACK_REFUSED_NOT_AUTHORIZED, true);
exactly<162>()(MQTT_RC_WILDCARD_SUBS_NOT_SUPPORTED, true);
exactly<42>()(MQTT_PROP_SHARED_SUB_AVAILABLE, true);
exactly<7>()(MQTT_PROP_TYPE_STRING_PAIR, true);
exactly<4>()(MQTT_SUB_OPT_NO_LOCAL, true);
exactly<268435455>()(MQTT_MAX_PAYLOAD, true);
exactly<4294967295>()(MQTT_SESSION_EXPIRY_NEVER, true);
exactly<'MQTT'>()(PROTOCOL_NAME, true);

/** Every constant of the package. */
type Constants = {
  [Name in keyof typeof libmosquitto as Name extends `${'MOSQ' | 'MQTT' | 'CMD' | 'CONNACK' | 'PROTOCOL'}_${string}`
    ? Name
    : never]: (typeof libmosquitto)[Name];
};
/** The constants that do not have a literal type: the compiler could not check a switch over them. */
type Vague = {
  [Name in keyof Constants]: number extends Constants[Name] ? Name : string extends Constants[Name] ? Name : never;
}[keyof Constants];
export const vague: Same<Vague, never> = true;
export const named: Record<keyof Constants, string | number> = libmosquitto;
