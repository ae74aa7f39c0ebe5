import { type Phase, type Specimen, specimens, type Version } from './corpus';
import { varint } from './properties5';

/** Damaged packets. They are generators, because there are so many packets. */

export interface Damaged {
  /** Describes the damage; no two descriptions are the same. */
  readonly name: string;
  readonly phase: Phase;
  readonly bytes: Buffer;
  /** A good PUBLISH follows it; otherwise the connection ends there. */
  readonly followed: boolean;
  /** The client must refuse it, and the bytes behind it. */
  readonly refused?: boolean;
}

function headerLength(bytes: Buffer): number {
  let at = 1;
  while (((bytes[at] ?? 0) & 128) !== 0) at += 1;
  return at + 1;
}

function withBody(bytes: Buffer, body: Uint8Array, announced = body.length): Buffer {
  return Buffer.concat([bytes.subarray(0, 1), varint(announced), body]);
}

/** The packet is cut at every length. The stream ends there, or continues with the next packet. */
export function* brokenOff({ name, phase, bytes }: Specimen): Generator<Damaged> {
  for (let length = 1; length < bytes.length; length++) {
    const start = bytes.subarray(0, length);
    yield { name: `${name}: ends after ${length}`, phase, bytes: start, followed: false };
    yield { name: `${name}: ${length} bytes, then another packet`, phase, bytes: start, followed: true };
  }
}

/** The header is right for a body that is too short or too long for its type. */
export function* resized({ name, phase, bytes }: Specimen): Generator<Damaged> {
  const body = bytes.subarray(headerLength(bytes));
  for (let length = 0; length < body.length; length++) {
    yield {
      name: `${name}: body of ${length}`,
      phase,
      bytes: withBody(bytes, body.subarray(0, length)),
      followed: true,
    };
  }
  for (const more of [[0], [255], [0, 0], [38, 0], [0, 1, 65], [255, 255, 255, 255]]) {
    const longer = Buffer.concat([body, Buffer.from(more)]);
    yield { name: `${name}: body and [${String(more)}]`, phase, bytes: withBody(bytes, longer), followed: true };
  }
}

/** The header announces another length than the body has. */
export function* misannounced({ name, phase, bytes }: Specimen): Generator<Damaged> {
  const body = bytes.subarray(headerLength(bytes));
  const lengths = new Set([
    0,
    1,
    2,
    body.length - 2,
    body.length - 1,
    body.length + 1,
    body.length + 2,
    127,
    128,
    16384,
  ]);
  lengths.delete(body.length);
  for (const length of lengths) {
    if (length < 0) continue;
    yield { name: `${name}: announces ${length}`, phase, bytes: withBody(bytes, body, length), followed: true };
  }
}

export function* wrongFlags({ name, phase, bytes }: Specimen): Generator<Damaged> {
  const first = bytes[0] ?? 0;
  for (let flags = 0; flags < 16; flags++) {
    if (flags === (first & 15)) continue;
    const changed = Buffer.from(bytes);
    changed[0] = (first & 0xf0) | flags;
    yield { name: `${name}: flags ${flags}`, phase, bytes: changed, followed: true };
  }
}

/** Each byte in turn is changed. */
export function* wrongBytes({ name, phase, bytes }: Specimen): Generator<Damaged> {
  for (let at = 0; at < bytes.length; at++) {
    const old = bytes[at] ?? 0;
    for (const value of new Set([0, 1, 127, 128, 255, (old + 1) & 255, (old - 1) & 255, old ^ 128])) {
      if (value === old) continue;
      const changed = Buffer.from(bytes);
      changed[at] = value;
      yield { name: `${name}: byte ${at} is ${value}`, phase, bytes: changed, followed: true };
    }
  }
}

/** Headers that no packet may have. */
export function* impossibleHeaders(): Generator<Damaged> {
  const lengths = [
    ...[
      [0xff, 0xff, 0xff, 0xff],
      [0x80, 0x80, 0x80, 0x80],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
    ],
    ...[[0x80, 0x80, 0x80, 0x80, 0x01], [0x80, 0x00], [0x80, 0x80, 0x00], [0x80, 0x80, 0x80, 0x00], [0xff]],
  ];
  for (const phase of ['handshake', 'session'] as const) {
    for (let type = 0; type < 16; type++) {
      for (const length of lengths) {
        const bytes = Buffer.from([type << 4, ...length]);
        yield { name: `${phase}: type ${type}, length [${String(length)}]`, phase, bytes, followed: true };
      }
    }
  }
}

/** Types 0 and, before MQTT 5, 15 do not exist; each has every flag, and bodies that resemble those of other types. */
export function* unknownTypes(version: Version): Generator<Damaged> {
  for (const phase of ['handshake', 'session'] as const) {
    for (const type of version === 5 ? [0] : [0, 15]) {
      for (let flags = 0; flags < 16; flags++) {
        for (const body of [[], [0], [0, 0], [0, 1, 65, 0, 0], [255, 255, 255]]) {
          const bytes = Buffer.from([(type << 4) | flags, body.length, ...body]);
          yield { name: `${phase}: type ${type}, flags ${flags}, [${String(body)}]`, phase, bytes, followed: true };
        }
      }
    }
  }
}

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomBytes(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

export function* noise(seed: number, count: number): Generator<Damaged> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) {
    const phase = random() < 0.3 ? 'handshake' : 'session';
    const bytes = randomBytes(random, 1 + Math.floor(random() * 120));
    // Half of the packets have the body of an existing type; otherwise few would be read beyond their header.
    const framed = random() < 0.5 ? bytes : withBody(randomBytes(random, 1), bytes);
    yield { name: `noise ${seed}/${i}`, phase, bytes: framed, followed: random() < 0.5 };
  }
}

/** One to three good packets, with one to five faults at random places. */
export function* mutations(version: Version, seed: number, count: number): Generator<Damaged> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const all = specimens(version);
  for (let i = 0; i < count; i++) {
    const parts = Array.from({ length: 1 + below(3) }, () => all[below(all.length)]).filter((it) => it !== undefined);
    let bytes = Buffer.concat(parts.map((part) => part.bytes));
    for (let faults = 1 + below(5); faults > 0; faults--) bytes = mutated(bytes, random);
    yield { name: `mutation ${seed}/${i}`, phase: parts[0]?.phase ?? 'session', bytes, followed: random() < 0.7 };
  }
}

function mutated(bytes: Buffer, random: () => number): Buffer<ArrayBuffer> {
  const at = Math.floor(random() * bytes.length);
  const length = 1 + Math.floor(random() * 6);
  const before = bytes.subarray(0, at);
  switch (Math.floor(random() * 6)) {
    case 0: // a bit
      return Buffer.concat([
        before,
        Buffer.from([(bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))]),
        bytes.subarray(at + 1),
      ]);
    case 1: // a byte
      return Buffer.concat([before, randomBytes(random, 1), bytes.subarray(at + 1)]);
    case 2: // bytes inserted
      return Buffer.concat([before, randomBytes(random, length), bytes.subarray(at)]);
    case 3: // bytes removed
      return Buffer.concat([before, bytes.subarray(at + length)]);
    case 4: // bytes repeated
      return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
    default: // an extreme value
      return Buffer.concat([before, Buffer.from([random() < 0.5 ? 255 : 0]), bytes.subarray(at + 1)]);
  }
}
