/**
 * The test files that run on the prebuild for arm64: each subject once, in every drive mode. None of them starts
 * another Node, which would not be emulated, and none measures time.
 */
export const CORE = [
  'mosquitto/connect',
  'mosquitto/publish',
  'mosquitto/subscribe',
  'mosquitto/payload',
  'mosquitto/session',
  'mosquitto/reconnect',
  'mosquitto/inflight',
  'mosquitto/lifetime',
  'mosquitto/property-functions',
  'mqtt5/messages',
  'mqtt5/properties-in',
  'mqtt5/extended-auth',
  'protocol/answers',
  'tls/client-certificate',
  'tls/psk',
  'transports/addresses',
];
