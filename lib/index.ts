// The documented layer: the names of C's libmosquitto, in the manner of its Python module.

export type { BuildInfo } from './binding';
export type { LibVersion, PropertyInfo } from './binding-functions';
export { Mosquitto, type MosquittoMade } from './client';
export type { Pem } from './client-options';
export { string_to_command } from './commands';
export * from './constants';
export { MosquittoError } from './errors';
export { build_info, connack_string, lib_cleanup, lib_init, lib_version, reason_string, strerror } from './helpers';
export type { AddonLoadError } from './load-addon';
export type { MosquittoMessage, Payload, QoS } from './message';
export type { Properties } from './properties';
export {
  property_check_all,
  property_check_command,
  property_get_length_all,
  property_get_remaining_length,
  property_identifier_to_string,
  string_to_property_info,
  varint_bytes,
} from './property-functions';
export { type HelperOptions, type SubscribeCallback, subscribe_callback, subscribe_simple } from './subscribe-helpers';
export {
  pub_topic_check,
  sub_matches_acl,
  sub_matches_acl_with_pattern,
  sub_topic_check,
  sub_topic_tokenise,
  topic_matches_sub,
  topic_matches_sub_with_pattern,
} from './topics';
export { validate_utf8 } from './utf8';
