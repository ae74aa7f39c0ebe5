import * as p from './packets';
import { ack5, auth5, connack5, disconnect5, publish5, suback5, unsuback5 } from './packets5';
import { field, int16 } from './properties5';

/** Correct packets of a broker, one or more of every type, from which the damaged ones are made. */

export type Version = 4 | 5;
/** Sent in the place of CONNACK, or after the connection is accepted. */
export type Phase = 'handshake' | 'session';

export interface Specimen {
  readonly name: string;
  readonly phase: Phase;
  readonly bytes: Buffer;
}

/** An id that the client has never sent: its own ids start at 1. */
export const UNKNOWN_MID = 60000;

function session(name: string, bytes: Buffer): Specimen {
  return { name, phase: 'session', bytes };
}

const acks = [
  ['PUBACK', p.PUBACK],
  ['PUBREC', p.PUBREC],
  ['PUBREL', p.PUBREL],
  ['PUBCOMP', p.PUBCOMP],
] as const;

const specimens4: readonly Specimen[] = [
  { name: 'CONNACK', phase: 'handshake', bytes: p.connack(0) },
  session('PUBLISH QoS 0', p.publish('a/b', 'payload')),
  session('PUBLISH QoS 1', p.publish('a/b', 'payload', { qos: 1, mid: UNKNOWN_MID })),
  session('PUBLISH QoS 2', p.publish('ä/b', 'payload', { qos: 2, mid: UNKNOWN_MID, retain: true })),
  session('PUBLISH without payload', p.publish('a', '')),
  ...acks.map(([name, type]) => session(name, p.ack(type, UNKNOWN_MID))),
  session('SUBACK', p.suback(UNKNOWN_MID, [0, 1, 2, 128])),
  session('UNSUBACK', p.ack(p.UNSUBACK, UNKNOWN_MID)),
  session('PINGRESP', p.pingresp()),
];

const users: Array<[name: string, value: string]> = [
  ['name', 'value'],
  ['name', ''],
];
const reasons = { 'reason-string': 'reason', 'user-property': users };
const proof = { 'authentication-method': 'method', 'authentication-data': Buffer.from('\0proof') };

const specimens5: readonly Specimen[] = [
  { name: 'CONNACK', phase: 'handshake', bytes: connack5() },
  {
    name: 'CONNACK with properties',
    phase: 'handshake',
    bytes: connack5(0, {
      ...reasons,
      ...proof,
      'session-expiry-interval': 0,
      'receive-maximum': 20,
      'maximum-qos': 1,
      'retain-available': 1,
      'maximum-packet-size': 1000000,
      'topic-alias-maximum': 10,
      'wildcard-subscription-available': 1,
      'subscription-identifier-available': 1,
      'shared-subscription-available': 1,
      'server-keep-alive': 60,
      'response-information': 'info',
      'server-reference': 'other.example',
    }),
  },
  session('PUBLISH QoS 0', publish5('a/b', 'payload')),
  session(
    'PUBLISH QoS 1 with properties',
    publish5('a/b', 'payload', {
      qos: 1,
      mid: UNKNOWN_MID,
      properties: {
        'payload-format-indicator': 1,
        'message-expiry-interval': 60,
        'response-topic': 're/ply',
        'correlation-data': Buffer.from('\0data'),
        'user-property': users,
        'subscription-identifier': 300,
        'content-type': 'text/plain',
      },
    }),
  ),
  session(
    'PUBLISH QoS 2',
    publish5('a/b', 'payload', { qos: 2, mid: UNKNOWN_MID, properties: { 'user-property': users } }),
  ),
  ...acks.map(([name, type]) => session(name, ack5(type, UNKNOWN_MID))),
  ...acks.map(([name, type]) => session(`${name} with properties`, ack5(type, UNKNOWN_MID, 0, reasons))),
  session('SUBACK', suback5(UNKNOWN_MID, [0, 1, 2, 0x87], reasons)),
  session('UNSUBACK', unsuback5(UNKNOWN_MID, [0, 0x11], reasons)),
  session('PINGRESP', p.pingresp()),
  session('DISCONNECT', disconnect5(0x8b, { ...reasons, 'server-reference': 'other.example' })),
  session('AUTH', auth5(0x18, { ...proof, ...reasons })),
];

export function specimens(version: Version): readonly Specimen[] {
  return version === 5 ? specimens5 : specimens4;
}

/** Packets that only a client may send. */
export function fromClients(version: Version): readonly Specimen[] {
  const none = Buffer.alloc(version === 5 ? 1 : 0);
  const packet = (type: number, flags: number, ...parts: Uint8Array[]): Buffer =>
    p.encode(type, flags, Buffer.concat(parts));
  const mid = int16(UNKNOWN_MID);
  return [
    session('CONNECT', packet(p.CONNECT, 0, field('MQTT'), Buffer.from([version, 2, 0, 60]), none, field('other'))),
    session('SUBSCRIBE', packet(p.SUBSCRIBE, 2, mid, none, field('a/b'), Buffer.from([1]))),
    session('UNSUBSCRIBE', packet(p.UNSUBSCRIBE, 2, mid, none, field('a/b'))),
    session('PINGREQ', packet(p.PINGREQ, 0)),
  ];
}
