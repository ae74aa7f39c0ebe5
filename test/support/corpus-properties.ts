import { UNKNOWN_MID } from './corpus';
import type { Damaged } from './corpus-damage';
import * as p from './packets';
import { AUTH } from './packets5';
import { encodeProperties, field, int16, PROPERTIES, PROPERTY_NAMES, type PropertyName, varint } from './properties5';

/** Packets of MQTT 5 with damaged properties. */

const one = Buffer.from([1]);

/** A good value of each property, in bytes. */
const examples: Readonly<Record<PropertyName, Buffer>> = {
  'payload-format-indicator': one,
  'message-expiry-interval': Buffer.from([0, 0, 0, 60]),
  'content-type': field('text/plain'),
  'response-topic': field('re/ply'),
  'correlation-data': field('\0data'),
  'subscription-identifier': varint(300),
  'session-expiry-interval': Buffer.alloc(4),
  'assigned-client-identifier': field('assigned'),
  'server-keep-alive': int16(60),
  'authentication-method': field('method'),
  'authentication-data': field('\0proof'),
  'request-problem-information': one,
  'will-delay-interval': Buffer.from([0, 0, 0, 1]),
  'request-response-information': one,
  'response-information': field('info'),
  'server-reference': field('other.example'),
  'reason-string': field('reason'),
  'receive-maximum': int16(20),
  'topic-alias-maximum': int16(10),
  'topic-alias': int16(1),
  'maximum-qos': one,
  'retain-available': one,
  'user-property': Buffer.concat([field('name'), field('value')]),
  'maximum-packet-size': Buffer.from([0, 15, 0, 0]),
  'wildcard-subscription-available': one,
  'subscription-identifier-available': one,
  'shared-subscription-available': one,
};

/** One property, with a good value unless its bytes are given. */
export function property(name: PropertyName, value: Uint8Array = examples[name]): Buffer {
  return Buffer.concat([Buffer.from([PROPERTIES[name][0]]), value]);
}

/** A packet of a broker that has properties. */
interface Carrier {
  readonly name: string;
  readonly phase: Damaged['phase'];
  /** The packet with this in the place of its properties, which includes their length. */
  readonly make: (block: Uint8Array) => Buffer;
  /** The properties that the packet may carry (section 2.2.2.2 of the specification). */
  readonly allowed: readonly PropertyName[];
}

function carrier(
  ...[name, type, flags, before, after, allowed, phase = 'session']: [
    ...[name: string, type: number, flags: number, before: Uint8Array, after: Uint8Array],
    ...[allowed: readonly PropertyName[], phase?: Damaged['phase']],
  ]
): Carrier {
  return { name, phase, allowed, make: (block) => p.encode(type, flags, Buffer.concat([before, block, after])) };
}

const none = Buffer.alloc(0);
const acknowledged = Buffer.from([UNKNOWN_MID >> 8, UNKNOWN_MID & 255]);
const accepted = Buffer.concat([acknowledged, Buffer.from([0])]);
const reasons: readonly PropertyName[] = ['reason-string', 'user-property'];

const carriers: readonly Carrier[] = [
  carrier(
    'CONNACK',
    p.CONNACK,
    0,
    Buffer.from([0, 0]),
    none,
    [
      ...reasons,
      ...(['session-expiry-interval', 'receive-maximum', 'maximum-qos', 'retain-available'] as const),
      ...(['maximum-packet-size', 'assigned-client-identifier', 'topic-alias-maximum'] as const),
      ...(['wildcard-subscription-available', 'subscription-identifier-available'] as const),
      ...(['shared-subscription-available', 'server-keep-alive', 'response-information'] as const),
      ...(['server-reference', 'authentication-method', 'authentication-data'] as const),
    ],
    'handshake',
  ),
  carrier('PUBLISH', p.PUBLISH, 0, field('a/b'), Buffer.from('payload'), [
    ...(['payload-format-indicator', 'message-expiry-interval', 'topic-alias', 'response-topic'] as const),
    ...(['correlation-data', 'user-property', 'subscription-identifier', 'content-type'] as const),
  ]),
  carrier('PUBACK', p.PUBACK, 0, accepted, none, reasons),
  carrier('PUBREC', p.PUBREC, 0, accepted, none, reasons),
  carrier('PUBREL', p.PUBREL, 2, accepted, none, reasons),
  carrier('PUBCOMP', p.PUBCOMP, 0, accepted, none, reasons),
  carrier('SUBACK', p.SUBACK, 0, acknowledged, one, reasons),
  carrier('UNSUBACK', p.UNSUBACK, 0, acknowledged, Buffer.from([0]), reasons),
  carrier('DISCONNECT', p.DISCONNECT, 0, Buffer.from([0x8b]), none, [...reasons, 'server-reference']),
  carrier('AUTH', AUTH, 0, Buffer.from([0x18]), none, [...reasons, 'authentication-method', 'authentication-data']),
];

function block(...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(content.length), content]);
}

function damaged({ name, phase, make }: Carrier, what: string, bytes: Uint8Array, refused = true): Damaged {
  return { name: `${name}: ${what}`, phase, bytes: make(bytes), followed: true, refused };
}

/** Only a user property, and in a PUBLISH a subscription identifier, may occur twice. */
export function* propertiesTwice(): Generator<Damaged> {
  for (const packet of carriers) {
    for (const name of packet.allowed) {
      if (name === 'user-property' || name === 'subscription-identifier') continue;
      const bytes = property(name);
      yield damaged(packet, `${name} twice`, block(bytes, bytes));
      yield damaged(packet, `${name} twice, apart`, block(bytes, property('user-property'), bytes));
    }
  }
}

export function* propertiesElsewhere(): Generator<Damaged> {
  for (const packet of carriers) {
    for (const name of PROPERTY_NAMES) {
      if (packet.allowed.includes(name)) continue;
      yield damaged(packet, name, block(property(name)));
    }
  }
}

export function* unknownProperties(): Generator<Damaged> {
  const known = new Set(PROPERTY_NAMES.map((name) => PROPERTIES[name][0]));
  for (const packet of carriers) {
    for (let identifier = 0; identifier < 48; identifier++) {
      if (known.has(identifier)) continue;
      yield damaged(packet, `property ${identifier}`, block(Buffer.from([identifier, 1, 0, 0])));
    }
    for (const identifier of [[127], [0x80, 0x01], [0xff, 0x7f], [0x80, 0x80, 0x80, 0x01], [0x81, 0x00], [0xff]]) {
      yield damaged(packet, `property [${String(identifier)}]`, block(Buffer.from([...identifier, 1, 0, 0])));
    }
  }
}

/** Each property ends too early: because its block is shorter, or although its block is longer. */
export function* propertiesCut(): Generator<Damaged> {
  for (const packet of carriers) {
    for (const name of packet.allowed) {
      const whole = property(name);
      for (let length = 1; length < whole.length; length++) {
        const part = whole.subarray(0, length);
        yield damaged(packet, `${length} bytes of ${name}`, block(part));
        // The missing bytes are taken from the data behind the block, if there is any.
        const pretended = Buffer.concat([varint(whole.length), part]);
        yield damaged(packet, `${length} bytes of ${name}, announced in full`, pretended, false);
      }
    }
  }
}

/** The announced length of the block is wrong. */
export function* propertyLengths(): Generator<Damaged> {
  const content = encodeProperties({ 'user-property': [['name', 'value']] }).subarray(1);
  for (const packet of carriers) {
    for (let length = 0; length <= content.length + 12; length++) {
      if (length === content.length) continue;
      yield damaged(packet, `length ${length} for ${content.length}`, Buffer.concat([varint(length), content]), false);
    }
    for (const length of [
      [0x80, 0x00],
      [0x8e, 0x00],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
      [0xff, 0xff, 0xff, 0x7f],
      [0xff],
    ]) {
      yield damaged(packet, `length [${String(length)}]`, Buffer.concat([Buffer.from(length), content]));
    }
    yield damaged(packet, 'no length', none, false);
  }
}

const badStrings: ReadonlyArray<readonly [what: string, bytes: readonly number[]]> = [
  ['a NUL', [65, 0, 66]],
  ['a stray continuation byte', [65, 0x80]],
  ['an overlong form', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['half a character', [0xe2, 0x82]],
];

/** Strings that are not UTF-8, or that MQTT does not allow, as topics and as properties. */
export function* badTexts(version: 4 | 5): Generator<Damaged> {
  for (const [what, bytes] of badStrings) {
    const content = field(Buffer.from(bytes));
    const rest = Buffer.concat([content, Buffer.alloc(version === 5 ? 1 : 0), Buffer.from('payload')]);
    yield {
      name: `topic with ${what}`,
      phase: 'session',
      bytes: p.encode(p.PUBLISH, 0, rest),
      followed: true,
      refused: true,
    };
    if (version !== 5) continue;
    for (const packet of carriers) {
      for (const name of packet.allowed) {
        const kind = PROPERTIES[name][1];
        if (kind === 'string') yield damaged(packet, `${name} with ${what}`, block(property(name, content)));
        if (kind !== 'pair') continue;
        const good = field('good');
        yield damaged(packet, `${name} with ${what} as name`, block(property(name, Buffer.concat([content, good]))));
        yield damaged(packet, `${name} with ${what} as value`, block(property(name, Buffer.concat([good, content]))));
      }
    }
  }
}

const badValues: ReadonlyArray<readonly [carrier: string, name: PropertyName, values: readonly Uint8Array[]]> = [
  ['CONNACK', 'maximum-qos', [Buffer.from([2]), Buffer.from([255])]],
  ['CONNACK', 'retain-available', [Buffer.from([2])]],
  ['CONNACK', 'wildcard-subscription-available', [Buffer.from([2])]],
  ['CONNACK', 'subscription-identifier-available', [Buffer.from([2])]],
  ['CONNACK', 'shared-subscription-available', [Buffer.from([255])]],
  ['CONNACK', 'receive-maximum', [int16(0)]],
  ['CONNACK', 'maximum-packet-size', [Buffer.alloc(4)]],
  ['PUBLISH', 'payload-format-indicator', [Buffer.from([2])]],
  ['PUBLISH', 'topic-alias', [int16(0), int16(1), int16(65535)]],
  [
    'PUBLISH',
    'subscription-identifier',
    [varint(0), Buffer.from([0x80, 0x00]), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x01])],
  ],
  ['PUBLISH', 'response-topic', [field('a/#'), field('+'), field('')]],
];

/** Values that MQTT forbids, and aliases, none of which the client has allowed. */
export function* propertyValues(): Generator<Damaged> {
  for (const [type, name, values] of badValues) {
    const packet = carriers.find((candidate) => candidate.name === type);
    if (packet === undefined) continue;
    for (const value of values)
      yield damaged(packet, `${name} of [${String([...value])}]`, block(property(name, value)));
  }
}
