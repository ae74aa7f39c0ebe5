import type { PropertyName } from './properties5';

const ANSWERS = 'connack puback pubrec pubrel pubcomp suback unsuback disconnect auth';
/** Name, identifier, type and packets of each, from table 2-4 of the MQTT 5 specification. */
export const PROPERTIES: ReadonlyArray<
  readonly [name: PropertyName, identifier: number, type: string, packets: string]
> = [
  ['payload-format-indicator', 0x01, 'BYTE', 'publish will'],
  ['message-expiry-interval', 0x02, 'INT32', 'publish will'],
  ['content-type', 0x03, 'STRING', 'publish will'],
  ['response-topic', 0x08, 'STRING', 'publish will'],
  ['correlation-data', 0x09, 'BINARY', 'publish will'],
  ['subscription-identifier', 0x0b, 'VARINT', 'publish subscribe'],
  ['session-expiry-interval', 0x11, 'INT32', 'connect connack disconnect'],
  ['assigned-client-identifier', 0x12, 'STRING', 'connack'],
  ['server-keep-alive', 0x13, 'INT16', 'connack'],
  ['authentication-method', 0x15, 'STRING', 'connect connack auth'],
  ['authentication-data', 0x16, 'BINARY', 'connect connack auth'],
  ['request-problem-information', 0x17, 'BYTE', 'connect'],
  ['will-delay-interval', 0x18, 'INT32', 'will'],
  ['request-response-information', 0x19, 'BYTE', 'connect'],
  ['response-information', 0x1a, 'STRING', 'connack'],
  ['server-reference', 0x1c, 'STRING', 'connack disconnect'],
  ['reason-string', 0x1f, 'STRING', ANSWERS],
  ['receive-maximum', 0x21, 'INT16', 'connect connack'],
  ['topic-alias-maximum', 0x22, 'INT16', 'connect connack'],
  ['topic-alias', 0x23, 'INT16', 'publish'],
  ['maximum-qos', 0x24, 'BYTE', 'connack'],
  ['retain-available', 0x25, 'BYTE', 'connack'],
  ['user-property', 0x26, 'STRING_PAIR', `connect publish will subscribe unsubscribe ${ANSWERS}`],
  ['maximum-packet-size', 0x27, 'INT32', 'connect connack'],
  ['wildcard-subscription-available', 0x28, 'BYTE', 'connack'],
  ['subscription-identifier-available', 0x29, 'BYTE', 'connack'],
  ['shared-subscription-available', 0x2a, 'BYTE', 'connack'],
];
export const PACKETS: readonly string[] = `connect publish will subscribe unsubscribe ${ANSWERS}`.split(' ');
