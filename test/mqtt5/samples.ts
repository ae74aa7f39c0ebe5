import type { Properties } from 'libmosquitto';
import { HAS_2_1 } from '../support/client5';
import type { PropertyName } from '../support/properties5';

// Every property with the values at which errors are likely, and the packets that may have it.

/** Packets that a client sends, and a will. */
export const OUT = ['CONNECT', 'will', 'PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'DISCONNECT', 'AUTH'] as const;
type Out = (typeof OUT)[number];
type In = 'CONNACK' | 'PUBLISH' | 'PUBACK' | 'PUBREC' | 'PUBCOMP' | 'SUBACK' | 'UNSUBACK' | 'DISCONNECT' | 'AUTH';

export interface Sample {
  /** Packets that a client sends. */
  out: readonly Out[];
  /** Packets that a client receives. */
  in: readonly In[];
  values: readonly NonNullable<Properties[PropertyName]>[];
}

const BITS = [0, 1];
const FOUR_BYTES = [0, 1, 255, 256, 65535, 65536, 2147483647, 2147483648, 4294967295];
const TEXTS = ['', 'a', 'größe 🙂', 'x'.repeat(127), 'x'.repeat(128), 'x'.repeat(65535)];
const BYTES = [
  Buffer.alloc(0),
  Buffer.from([0]),
  Buffer.from([0xff, 0xfe, 0, 0x80]),
  Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
  Buffer.alloc(65535, 0xa5),
];
const PAIRS: Array<Array<[string, string]>> = [
  [['', '']],
  [['key', 'value']],
  [
    ['b', '1'],
    ['a', '2'],
    ['b', '3'],
    ['b', '1'],
    ['größe', '🙂'],
    ['', 'no name'],
    ['no value', ''],
  ],
];

export const SAMPLES: Readonly<Record<PropertyName, Sample>> = {
  'payload-format-indicator': { out: ['will', 'PUBLISH'], in: ['PUBLISH'], values: BITS },
  'message-expiry-interval': { out: ['will', 'PUBLISH'], in: ['PUBLISH'], values: FOUR_BYTES },
  'content-type': { out: ['will', 'PUBLISH'], in: ['PUBLISH'], values: TEXTS },
  'response-topic': { out: ['will', 'PUBLISH'], in: ['PUBLISH'], values: TEXTS.slice(1) },
  'correlation-data': { out: ['will', 'PUBLISH'], in: ['PUBLISH'], values: BYTES },
  'subscription-identifier': {
    out: ['SUBSCRIBE'],
    in: ['PUBLISH'],
    values: [1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455],
  },
  'session-expiry-interval': { out: ['CONNECT', 'DISCONNECT'], in: ['CONNACK'], values: FOUR_BYTES },
  'assigned-client-identifier': { out: [], in: ['CONNACK'], values: TEXTS.slice(1) },
  'server-keep-alive': { out: [], in: ['CONNACK'], values: [0, 5, 255, 256, 65535] },
  'authentication-method': { out: ['CONNECT'], in: ['CONNACK', 'AUTH'], values: TEXTS },
  'authentication-data': { out: ['CONNECT'], in: ['CONNACK', 'AUTH'], values: BYTES },
  'request-problem-information': { out: ['CONNECT'], in: [], values: BITS },
  'will-delay-interval': { out: ['will'], in: [], values: FOUR_BYTES },
  'request-response-information': { out: ['CONNECT'], in: [], values: BITS },
  'response-information': { out: [], in: ['CONNACK'], values: TEXTS },
  'server-reference': { out: [], in: ['CONNACK', 'DISCONNECT'], values: TEXTS },
  'reason-string': {
    out: ['DISCONNECT', 'AUTH'],
    in: ['CONNACK', 'PUBACK', 'PUBREC', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'DISCONNECT', 'AUTH'],
    values: TEXTS,
  },
  'receive-maximum': { out: ['CONNECT'], in: ['CONNACK'], values: [1, 255, 256, 65535] },
  'topic-alias-maximum': { out: ['CONNECT'], in: ['CONNACK'], values: [0, 1, 255, 256, 65535] },
  'topic-alias': { out: ['PUBLISH'], in: ['PUBLISH'], values: [1, 255, 256, 65535] },
  'maximum-qos': { out: [], in: ['CONNACK'], values: BITS },
  'retain-available': { out: [], in: ['CONNACK'], values: BITS },
  'user-property': {
    out: OUT,
    in: ['CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'DISCONNECT', 'AUTH'],
    values: PAIRS,
  },
  'maximum-packet-size': { out: ['CONNECT'], in: ['CONNACK'], values: FOUR_BYTES.slice(1) },
  'wildcard-subscription-available': { out: [], in: ['CONNACK'], values: BITS },
  'subscription-identifier-available': { out: [], in: ['CONNACK'], values: BITS },
  'shared-subscription-available': { out: [], in: ['CONNACK'], values: BITS },
};

/** libmosquitto 2.0 crashes when it copies an empty string. The addon refuses such a property there. */
function sendable(packet: string, value: unknown): boolean {
  return HAS_2_1 || value !== '' || (packet !== 'CONNECT' && packet !== 'PUBLISH');
}

/** The samples of one packet, one property in each. */
export function samplesOf(direction: 'out', packet: Out): Properties[];
export function samplesOf(direction: 'in', packet: In): Properties[];
export function samplesOf(direction: 'in' | 'out', packet: string): Properties[] {
  return Object.entries(SAMPLES).flatMap(([name, sample]) =>
    (sample[direction] as readonly string[]).includes(packet)
      ? sample.values
          .filter((value) => direction === 'in' || sendable(packet, value))
          .map((value) => ({ [name]: value }))
      : [],
  );
}

/** The last sample of each property that the packet may have, together. */
export function allOf(direction: 'out', packet: Out): Properties;
export function allOf(direction: 'in', packet: In): Properties;
export function allOf(direction: 'in' | 'out', packet: string): Properties {
  const samples = direction === 'in' ? samplesOf('in', packet as In) : samplesOf('out', packet as Out);
  return Object.assign({}, ...samples) as Properties;
}
