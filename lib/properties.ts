import { binding } from './binding';

/**
 * MQTT 5 properties, by the names of the specification. Sent on an MQTT 3.x connection they are
 * MOSQ_ERR_NOT_SUPPORTED, as in C. A name that is none, a wrong type, a value out of range or one that the packet
 * must not have is a TypeError or RangeError that names the property, before anything is sent.
 */
export interface Properties {
  /** 0: bytes, 1: UTF-8 text. */
  'payload-format-indicator'?: number | undefined;
  /** Seconds. */
  'message-expiry-interval'?: number | undefined;
  /** The kind of the payload, such as a MIME type. */
  'content-type'?: string | undefined;
  /** The topic under which an answer to this message is to be published. */
  'response-topic'?: string | undefined;
  /** Tells the sender of a request which answer belongs to it. */
  'correlation-data'?: Uint8Array | undefined;
  /** 1 to 268 435 455; a message that several subscriptions match has several. */
  'subscription-identifier'?: number | number[] | undefined;
  /** Seconds; 4 294 967 295 for never. */
  'session-expiry-interval'?: number | undefined;
  /** The id that the broker gave to a client without one. */
  'assigned-client-identifier'?: string | undefined;
  /** Seconds. */
  'server-keep-alive'?: number | undefined;
  /** The name of the extended authentication. */
  'authentication-method'?: string | undefined;
  /** Data of the extended authentication, in a form that its method decides. */
  'authentication-data'?: Uint8Array | undefined;
  /** 1: the broker may explain failures by reason strings and user properties; 0: only in some packets. */
  'request-problem-information'?: number | undefined;
  /** Seconds. */
  'will-delay-interval'?: number | undefined;
  /** 1 asks the broker for `response-information`. */
  'request-response-information'?: number | undefined;
  /** The text from which the client may build its response topics. */
  'response-information'?: string | undefined;
  /** Another broker to use. */
  'server-reference'?: string | undefined;
  /** Why, for a person to read. */
  'reason-string'?: string | undefined;
  /** Messages of QoS 1 and 2 at once. */
  'receive-maximum'?: number | undefined;
  /** The largest alias of a topic that may be used; 0 for none. */
  'topic-alias-maximum'?: number | undefined;
  /** A number that stands for the topic on this connection, 1 to 65 535. */
  'topic-alias'?: number | undefined;
  /** The highest QoS that the broker takes: 0 or 1; without it 2. */
  'maximum-qos'?: number | undefined;
  /** 0: the broker stores no retained messages; without it 1. */
  'retain-available'?: number | undefined;
  /** Order and repeats are kept, as the specification requires. */
  'user-property'?: Array<[name: string, value: string]> | undefined;
  /** Bytes. */
  'maximum-packet-size'?: number | undefined;
  /** 0: the broker takes no wildcards in filters; without it 1. */
  'wildcard-subscription-available'?: number | undefined;
  /** 0: the broker takes no `subscription-identifier`; without it 1. */
  'subscription-identifier-available'?: number | undefined;
  /** 0: the broker takes no shared subscriptions; without it 1. */
  'shared-subscription-available'?: number | undefined;
}

// As native/driver/property_bytes.h writes them: an identifier, then a value of its type.
enum Type {
  Byte = 1,
  Int16 = 2,
  Int32 = 3,
  Varint = 4,
  Binary = 5,
  String = 6,
  StringPair = 7,
}

const table = new Map(binding.properties.map(({ identifier, type, name }) => [identifier, { type, name }]));

class Reader {
  #at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  number(length: 1 | 2 | 4): number {
    const value = this.#bytes.readUIntLE(this.#at, length);
    this.#at += length;
    return value;
  }

  binary(): Buffer {
    const length = this.number(2);
    const start = this.#at;
    this.#at += length;
    // A copy: a few bytes must not keep a whole batch of messages in memory.
    return Buffer.from(this.#bytes.subarray(start, this.#at));
  }

  string(): string {
    const length = this.number(2);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.toString('utf8', start, this.#at);
  }
}

function read_value(reader: Reader, type: number): number | string | Buffer | [string, string] {
  switch (type) {
    case Type.Byte:
      return reader.number(1);
    case Type.Int16:
      return reader.number(2);
    case Type.Int32:
    case Type.Varint:
      return reader.number(4);
    case Type.Binary:
      return reader.binary();
    case Type.String:
      return reader.string();
    case Type.StringPair:
      return [reader.string(), reader.string()];
    default:
      throw new Error(`property of unknown type ${type}`);
  }
}

/** The properties of an event record; null when there are none. */
export function read_properties(bytes: Buffer, start: number, length: number): Properties | null {
  if (length === 0) return null;
  const properties: Record<string, unknown> = {};
  const reader = new Reader(bytes, start);
  while (reader.at < start + length) {
    const identifier = reader.number(1);
    const known = table.get(identifier);
    if (known === undefined) throw new Error(`property of unknown identifier ${identifier}`);
    const value = read_value(reader, known.type);
    const before = properties[known.name];
    if (Array.isArray(before)) before.push(value);
    else if (known.type === Type.StringPair) properties[known.name] = [value];
    else properties[known.name] = before === undefined ? value : [before, value];
  }
  return properties as Properties;
}
