// The documented layer: the names of C's libmosquitto, in the manner of its Python module.

export type { BuildInfo, LibVersion } from './binding';
export * from './constants';
export { MosquittoError } from './errors';
export { build_info, connack_string, lib_version, strerror } from './helpers';
export type { MosquittoMessage, Payload } from './message';
export { Mosquitto } from './mosquitto';
export { topic_matches_sub } from './topics';
