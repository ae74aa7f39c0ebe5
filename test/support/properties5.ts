import type { Properties } from 'libmosquitto';

/** MQTT 5 properties in bytes, written from the specification and independent of the package's code. */

export type PropertyName = keyof Properties;
export type PropertyKind = 'byte' | 'int16' | 'int32' | 'varint' | 'string' | 'binary' | 'pair';

/** Section 2.2.2.2 of the specification. */
export const PROPERTIES: Readonly<Record<PropertyName, readonly [identifier: number, kind: PropertyKind]>> = {
  'payload-format-indicator': [1, 'byte'],
  'message-expiry-interval': [2, 'int32'],
  'content-type': [3, 'string'],
  'response-topic': [8, 'string'],
  'correlation-data': [9, 'binary'],
  'subscription-identifier': [11, 'varint'],
  'session-expiry-interval': [17, 'int32'],
  'assigned-client-identifier': [18, 'string'],
  'server-keep-alive': [19, 'int16'],
  'authentication-method': [21, 'string'],
  'authentication-data': [22, 'binary'],
  'request-problem-information': [23, 'byte'],
  'will-delay-interval': [24, 'int32'],
  'request-response-information': [25, 'byte'],
  'response-information': [26, 'string'],
  'server-reference': [28, 'string'],
  'reason-string': [31, 'string'],
  'receive-maximum': [33, 'int16'],
  'topic-alias-maximum': [34, 'int16'],
  'topic-alias': [35, 'int16'],
  'maximum-qos': [36, 'byte'],
  'retain-available': [37, 'byte'],
  'user-property': [38, 'pair'],
  'maximum-packet-size': [39, 'int32'],
  'wildcard-subscription-available': [40, 'byte'],
  'subscription-identifier-available': [41, 'byte'],
  'shared-subscription-available': [42, 'byte'],
};

export const PROPERTY_NAMES = Object.keys(PROPERTIES) as PropertyName[];

const NAMES = new Map(PROPERTY_NAMES.map((name) => [PROPERTIES[name][0], name]));

export function int16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

export function varint(value: number): Buffer {
  const digits: number[] = [];
  let rest = value;
  do {
    digits.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(digits);
}

/** Two bytes of length, then the bytes: a string, or binary data. */
export function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function encodeValue(kind: PropertyKind, value: unknown): Buffer {
  switch (kind) {
    case 'byte':
      return Buffer.from([Number(value)]);
    case 'int16':
      return int16(Number(value));
    case 'int32': {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(Number(value));
      return bytes;
    }
    case 'varint':
      return varint(Number(value));
    case 'pair': {
      const [name, text] = value as [string, string];
      return Buffer.concat([field(name), field(text)]);
    }
    default:
      return field(value as string | Uint8Array);
  }
}

/**
 * The properties with their length in front, in the order of the object. Each entry of a list of user properties or
 * subscription identifiers is one property.
 */
export function encodeProperties(properties: Properties): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const [identifier, kind] = PROPERTIES[name as PropertyName];
    for (const one of Array.isArray(value) ? value : [value]) {
      parts.push(Buffer.from([identifier]), encodeValue(kind, one));
    }
  }
  const bytes = Buffer.concat(parts);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** Reads a packet's body from front to back; a mismatch is an error. */
export class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new Error(`${length} bytes wanted at ${this.at} of ${this.#bytes.length}`);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  int16(): number {
    return this.bytes(2).readUInt16BE();
  }

  varint(): number {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const digit = this.byte();
      value += (digit & 127) * scale;
      if (digit < 128) return value;
    }
  }

  binary(): Buffer {
    return this.bytes(this.int16());
  }

  string(): string {
    return this.binary().toString();
  }

  value(kind: PropertyKind): number | string | Buffer | [string, string] {
    if (kind === 'byte') return this.byte();
    if (kind === 'int16') return this.int16();
    if (kind === 'int32') return this.bytes(4).readUInt32BE();
    if (kind === 'varint') return this.varint();
    if (kind === 'string') return this.string();
    if (kind === 'binary') return this.binary();
    return [this.string(), this.string()];
  }

  /** A repeated subscription identifier becomes a list, as in the package. */
  properties(): Properties {
    const reader = new Reader(this.bytes(this.varint()));
    const found: Record<string, unknown> = {};
    while (reader.left > 0) {
      const identifier = reader.byte();
      const name = NAMES.get(identifier);
      if (name === undefined) throw new Error(`unknown property ${identifier}`);
      const value = reader.value(PROPERTIES[name][1]);
      const before = found[name];
      if (name === 'user-property') found[name] = [...((before as unknown[] | undefined) ?? []), value];
      else if (before === undefined) found[name] = value;
      else if (name === 'subscription-identifier') found[name] = [before, value].flat();
      else throw new Error(`${name} stands twice`);
    }
    return found as Properties;
  }
}
