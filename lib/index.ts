// The public API of the package: the names of C's libmosquitto, in the style of its Python module.

export type { Pem } from './mosquitto/client-options';
export { Mosquitto, type MosquittoMade } from './mosquitto/public-class';
export {
  type HelperOptions,
  type SubscribeCallback,
  subscribe_callback,
  subscribe_simple,
} from './mosquitto/subscribe-helpers';
export type { BuildInfo, MosquittoStats } from './native/binding';
export type { LibVersion, PropertyInfo } from './native/binding-functions';
export { string_to_command } from './native/commands';
export * from './native/constants';
export { MosquittoError } from './native/errors';
export {
  build_info,
  connack_string,
  lib_cleanup,
  lib_init,
  lib_version,
  reason_string,
  strerror,
} from './native/helpers';
export type { AddonLoadError } from './native/load-addon';
export type { MosquittoMessage, Payload, QoS } from './native/message';
export type { Properties } from './native/properties';
export {
  property_check_all,
  property_check_command,
  property_get_length_all,
  property_get_remaining_length,
  property_identifier_to_string,
  string_to_property_info,
  varint_bytes,
} from './native/property-functions';
export {
  pub_topic_check,
  sub_matches_acl,
  sub_matches_acl_with_pattern,
  sub_topic_check,
  sub_topic_tokenise,
  topic_matches_sub,
  topic_matches_sub_with_pattern,
} from './native/topics';
export { validate_utf8 } from './native/utf8';
