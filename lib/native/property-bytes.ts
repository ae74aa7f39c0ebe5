// Reads the MQTT 5 properties of an event. native/driver/property_bytes.h describes their bytes.

import { binding } from './binding';
import type { Properties } from './properties';

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
