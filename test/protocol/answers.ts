import {
  MOSQ_ERR_CONN_LOST,
  MOSQ_ERR_CONN_REFUSED,
  MOSQ_ERR_MALFORMED_PACKET,
  MOSQ_ERR_PROTOCOL,
  MQTT_RC_TOPIC_ALIAS_INVALID,
} from 'libmosquitto';
import { UNKNOWN_MID, type Version } from '../support/corpus';
import type { Damaged } from '../support/corpus-damage';
import * as p from '../support/packets';
import { AUTH, ack5, auth5, connack5, disconnect5, publish5, suback5, unsuback5 } from '../support/packets5';

/** The events and the answers of a client when a broker sends these bytes behind a good exchange. */
export interface Expected {
  readonly name: string;
  readonly phase: Damaged['phase'];
  readonly bytes: Buffer;
  /** Events, in order. 'sentinel' is a good message behind the bytes: the connection continues. */
  readonly told: readonly string[];
  /** Packets of the client, as type and body in hexadecimal digits. */
  readonly replies: readonly string[];
  /** True if 2.1 behaves differently from 2.0. */
  readonly static_only: boolean;
}

const MID = UNKNOWN_MID.toString(16);
const GOES_ON = 'sentinel';

const PROTOCOL = `disconnect ${MOSQ_ERR_PROTOCOL}`;
const MALFORMED = `disconnect ${MOSQ_ERR_MALFORMED_PACKET}`;

function expected(
  phase: Damaged['phase'],
  name: string,
  bytes: Uint8Array | readonly number[],
  told: string | readonly string[],
  { replies = [], static_only = false }: { replies?: readonly string[]; static_only?: boolean } = {},
): Expected {
  return { phase, name, bytes: Buffer.from(bytes), told: [told].flat(), replies, static_only };
}

type Rest = Parameters<typeof expected> extends [unknown, ...infer Others] ? Others : never;
const then = (...rest: Rest): Expected => expected('session', ...rest);
const instead = (...rest: Rest): Expected => expected('handshake', ...rest);

/** A packet of type and flags `first`, with this body. */
function raw(first: number, ...body: number[]): Buffer {
  return p.encode(first >> 4, first & 15, Buffer.from(body));
}

const acks = [
  ['PUBACK', 0x40],
  ['PUBREC', 0x50],
  ['PUBREL', 0x62],
  ['PUBCOMP', 0x70],
] as const;

const answers4: readonly Expected[] = [
  instead('CONNACK that keeps a session which nobody asked for', p.connack(0, true), PROTOCOL, { static_only: true }),
  instead('CONNACK with reserved flags', raw(0x20, 2, 0), PROTOCOL, { static_only: true }),
  instead('CONNACK of one byte', raw(0x20, 0), MALFORMED, { static_only: true }),
  instead('CONNACK with a byte too many', raw(0x20, 0, 0, 0), MALFORMED, { static_only: true }),
  instead('CONNACK with an unknown code', p.connack(6), ['connect 6', PROTOCOL]),
  instead('CONNACK with the last code there is', p.connack(255), ['connect 255', PROTOCOL]),
  then('CONNACK again', p.connack(0), PROTOCOL, { static_only: true }),
  then('CONNACK again, with a refusal', p.connack(5), PROTOCOL, { static_only: true }),
  instead('SUBACK before CONNACK', p.suback(1, [0]), PROTOCOL),
  instead('PINGRESP before CONNACK', p.pingresp(), PROTOCOL),

  then('PUBLISH of QoS 3', raw(0x36, 0, 1, 97, 0, 1), PROTOCOL),
  then('PUBLISH without a topic', p.publish('', 'x'), PROTOCOL),
  then('PUBLISH to a wildcard', p.publish('a/#', 'x'), MALFORMED, { static_only: true }),
  then('PUBLISH to another wildcard', p.publish('a/+/b', 'x'), MALFORMED, { static_only: true }),
  then('PUBLISH with a topic longer than the packet', raw(0x30, 0, 9, 97), MALFORMED),
  then('PUBLISH with a topic of 65535 bytes in a packet of four', raw(0x30, 255, 255, 97, 97), MALFORMED),
  then('PUBLISH of QoS 1 with id 0', raw(0x32, 0, 1, 97, 0, 0), PROTOCOL),
  then('PUBLISH of QoS 2 with id 0', raw(0x34, 0, 1, 97, 0, 0), PROTOCOL),
  then('PUBLISH of QoS 1 without room for an id', raw(0x32, 0, 1, 97, 0), MALFORMED),
  then(
    'a duplicate that nobody has seen the first of',
    raw(0x3a, 0, 1, 97, 1, 2),
    ['message "a" 0 bytes, QoS 1, mid 258', GOES_ON],
    { replies: ['4 0102'] },
  ),

  then('PUBACK for an unknown id', p.ack(p.PUBACK, UNKNOWN_MID), GOES_ON),
  then('PUBCOMP for an unknown id', p.ack(p.PUBCOMP, UNKNOWN_MID), GOES_ON),
  then('PUBREC for an unknown id', p.ack(p.PUBREC, UNKNOWN_MID), GOES_ON, { replies: [`6 ${MID}`] }),
  then('PUBREL for an unknown id', p.ack(p.PUBREL, UNKNOWN_MID), GOES_ON, { replies: [`7 ${MID}`] }),
  ...acks.flatMap(([name, first]) => [
    then(`${name} with id 0`, raw(first, 0, 0), PROTOCOL),
    then(`${name} of one byte`, raw(first, 1), MALFORMED),
    then(`${name} with a byte too many`, raw(first, 234, 96, 0), MALFORMED, { static_only: true }),
  ]),

  then('SUBACK for an unknown id', p.suback(UNKNOWN_MID, [1]), PROTOCOL),
  then('SUBACK without codes', p.suback(UNKNOWN_MID, []), PROTOCOL, { static_only: true }),
  then('SUBACK with id 0', p.suback(0, [1]), PROTOCOL),
  then('SUBACK with 1000 codes', p.suback(UNKNOWN_MID, Array<number>(1000).fill(2)), PROTOCOL),
  then('UNSUBACK for an unknown id', p.ack(p.UNSUBACK, UNKNOWN_MID), [`unsubscribe ${UNKNOWN_MID}`, GOES_ON]),
  then('UNSUBACK with id 0', p.ack(p.UNSUBACK, 0), PROTOCOL),
  then('UNSUBACK of one byte', raw(0xb0, 1), MALFORMED),

  then('PINGRESP that nobody asked for', p.pingresp(), GOES_ON),
  then('PINGRESP with a body', raw(0xd0, 0), MALFORMED, { static_only: true }),
  then('PINGREQ', raw(0xc0), PROTOCOL, { static_only: true }),
  then('DISCONNECT', raw(0xe0), PROTOCOL),
  then('AUTH', raw(0xf0, 0x18), PROTOCOL),
];

const answers5: readonly Expected[] = [
  instead('CONNACK of MQTT 3.1.1 that refuses the version', p.connack(1), ['connect 132', PROTOCOL], {
    static_only: true,
  }),
  instead('CONNACK that refuses', connack5(0x87), ['connect 135', PROTOCOL]),
  instead('CONNACK that refuses as MQTT 3.1.1 does', connack5(5), ['connect 5', `disconnect ${MOSQ_ERR_CONN_REFUSED}`]),
  instead(
    'CONNACK with another id than the client has',
    connack5(0, { 'assigned-client-identifier': 'other' }),
    PROTOCOL,
  ),
  instead('CONNACK that keeps a session which nobody asked for', connack5(0, {}, true), PROTOCOL, {
    static_only: true,
  }),
  instead('DISCONNECT in the place of CONNACK', disconnect5(0x88), 'disconnect 136', { static_only: true }),

  then('CONNACK again', connack5(), PROTOCOL, { static_only: true }),
  // Legal, although the client has not asked for it: 0 would confirm its own disconnect().
  then('DISCONNECT without a reason', raw(0xe0), `disconnect ${MOSQ_ERR_CONN_LOST}`, { static_only: true }),
  then('DISCONNECT with reason 0', disconnect5(0), `disconnect ${MOSQ_ERR_CONN_LOST}`, { static_only: true }),
  then('DISCONNECT with a reason', disconnect5(0x8b), 'disconnect 139', { static_only: true }),
  then(
    'DISCONNECT with a reason and properties',
    disconnect5(0x9c, { 'server-reference': 'other' }),
    'disconnect 156',
    {
      static_only: true,
    },
  ),

  then(
    'PUBLISH with an alias that was not allowed',
    publish5('a', '', { properties: { 'topic-alias': 1 } }),
    `disconnect ${MQTT_RC_TOPIC_ALIAS_INVALID}`,
    { static_only: true },
  ),
  then(
    'PUBLISH with an alias in the place of a topic',
    publish5('', '', { properties: { 'topic-alias': 1 } }),
    `disconnect ${MQTT_RC_TOPIC_ALIAS_INVALID}`,
    { static_only: true },
  ),
  then('PUBLISH without topic and alias', publish5('', ''), PROTOCOL),
  then(
    'PUBLISH from two subscriptions',
    publish5('a', '', { properties: { 'subscription-identifier': [1, 2] } }),
    ['message "a" 0 bytes, QoS 0, mid 0', GOES_ON],
    { static_only: true },
  ),

  then('PUBACK for an unknown id, with a reason', ack5(p.PUBACK, UNKNOWN_MID, 0x87), GOES_ON),
  then('PUBACK with an unknown reason', ack5(p.PUBACK, UNKNOWN_MID, 0x42), PROTOCOL, { static_only: true }),
  then('PUBREC for an unknown id, with a reason', ack5(p.PUBREC, UNKNOWN_MID, 0x87), GOES_ON),
  then('PUBREC with an unknown reason', ack5(p.PUBREC, UNKNOWN_MID, 0x42), PROTOCOL, { static_only: true }),
  then('PUBREL for an unknown id, with a reason', ack5(p.PUBREL, UNKNOWN_MID, 0x92), GOES_ON, {
    replies: [`7 ${MID}`],
  }),
  then('PUBREL with an unknown reason', ack5(p.PUBREL, UNKNOWN_MID, 0x42), PROTOCOL, { static_only: true }),
  then('PUBCOMP for an unknown id, with a reason', ack5(p.PUBCOMP, UNKNOWN_MID, 0x92), GOES_ON),
  then('PUBCOMP with an unknown reason', ack5(p.PUBCOMP, UNKNOWN_MID, 0x42), PROTOCOL, { static_only: true }),

  then('SUBACK for an unknown id', suback5(UNKNOWN_MID, [0x87]), PROTOCOL),
  then('SUBACK without codes', suback5(UNKNOWN_MID, []), PROTOCOL, { static_only: true }),
  then('UNSUBACK for an unknown id', unsuback5(UNKNOWN_MID, [0, 0x11]), PROTOCOL, {
    static_only: true,
  }),
  then('UNSUBACK without codes', unsuback5(UNKNOWN_MID, []), [`unsubscribe ${UNKNOWN_MID} []`, GOES_ON]),

  then(
    'AUTH',
    auth5(0x18, { 'authentication-method': 'm', 'authentication-data': Buffer.from('data') }),
    ['auth m 4', GOES_ON],
    { replies: [`${AUTH} 180b1500016d16000464617461`], static_only: true },
  ),
];

export function answersOf(version: Version): readonly Expected[] {
  return version === 5 ? answers5 : answers4;
}
