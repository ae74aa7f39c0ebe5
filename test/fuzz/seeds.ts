import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { specimens, type Version } from '../support/corpus';
import { ack, connack, PUBACK, PUBCOMP, PUBREC, PUBREL, pingresp, publish, suback, UNSUBACK } from '../support/packets';
import { auth5, connack5 } from '../support/packets5';
import { PROPERTY_NAMES } from '../support/properties5';
import { acceptKey, BINARY, CLOSE, frame, PING } from '../support/websocket';

// node seeds.js FOLDER KIND: writes the seeds, which are the inputs that libFuzzer begins with, and a dictionary into
// FOLDER. A seed is a correct session of a broker over one kind of connection, behind the first bytes of an input,
// which harness/harness.c reads.

type Kind = 'tcp' | 'websocket' | 'socks';
const KINDS: readonly Kind[] = ['tcp', 'websocket', 'socks'];

/** In one piece, byte by byte, and in pieces with calls of the program in between. */
const PLANS = [
  Buffer.alloc(14, 0x1f),
  Buffer.alloc(14, 0x00),
  Buffer.from([0x23, 0x5f, 0x63, 0x87, 0xa1, 0xc4, 0x3f, 0x42, 0xff, 0x05, 0x28, 0x1f, 0x70, 0xe2]),
];
// The harness's client makes the key of its handshake of zeros.
const KEY = Buffer.alloc(16).toString('base64');
const CONSENT = Buffer.from(
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(KEY)}`,
    'Sec-WebSocket-Protocol: mqtt',
    '\r\n',
  ].join('\r\n'),
);
const ANY_ADDRESS = [1, 0, 0, 0, 0, 0, 0];
const SOCKS: readonly Buffer[] = [
  Buffer.from([5, 0, 5, 0, 0, ...ANY_ADDRESS]),
  Buffer.from([5, 2, 1, 0, 5, 0, 0, ...ANY_ADDRESS]),
  Buffer.concat([Buffer.from([5, 0, 5, 0, 0, 3, 4]), Buffer.from('name'), Buffer.alloc(2)]),
  Buffer.from([5, 0, 5, 0, 0, 4, ...Buffer.alloc(18)]),
];

function sessions(version: Version): Buffer[] {
  const greeting = version === 5 ? connack5() : connack(0);
  const known = [1, 2, 3, 4, 5].map((mid) => [
    ack(PUBACK, mid),
    ack(PUBREC, mid),
    ack(PUBCOMP, mid),
    ...(version === 5 ? [] : [suback(mid, [0]), ack(UNSUBACK, mid)]),
  ]);
  const incoming =
    version === 5
      ? specimens(5).map(({ bytes }) => bytes)
      : [
          publish('a/b', 'payload'),
          publish('a/b', 'payload', { qos: 1, mid: 7 }),
          publish('a/b', 'payload', { qos: 2, mid: 8 }),
          ack(PUBREL, 8),
          publish('a/b', Buffer.alloc(20_000, 1)),
          pingresp(),
        ];
  const all = [
    [greeting, ...incoming],
    [greeting, ...known.flat(), ...incoming],
    ...specimens(version).map(({ bytes, phase }) => (phase === 'handshake' ? [bytes] : [greeting, bytes])),
  ];
  if (version === 5) {
    const properties = { 'authentication-method': 'fuzz', 'authentication-data': Buffer.from('data') };
    all.push([auth5(0x18, properties), greeting, ...incoming]);
  }
  return all.map((packets) => Buffer.concat(packets));
}

function framed(session: Buffer): Buffer[] {
  const half = session.length >> 1;
  return [
    Buffer.concat([CONSENT, frame(BINARY, session)]),
    Buffer.concat([
      CONSENT,
      frame(PING, Buffer.from('ping')),
      frame(BINARY, session.subarray(0, half), false),
      frame(0, session.subarray(half)),
      frame(CLOSE, Buffer.from([3, 232])),
    ]),
  ];
}

function* seeds(kind: Kind): Generator<Buffer> {
  for (const version of [4, 5] as const) {
    for (const session of sessions(version)) {
      const streams: Array<[more: number, bytes: Buffer]> =
        kind === 'tcp'
          ? [[4, session]]
          : kind === 'websocket'
            ? framed(session).map((bytes) => [0, bytes])
            : [
                ...SOCKS.map((proxy, index): [number, Buffer] => [
                  index === 1 ? 2 : 0,
                  Buffer.concat([proxy, session]),
                ]),
                [1, Buffer.concat([SOCKS[0] ?? Buffer.alloc(0), framed(session)[0] ?? session])],
              ];
      for (const [more, bytes] of streams) {
        for (const [index, plan] of PLANS.entries()) {
          const options = (version === 5 ? 2 : 1) | (index === 2 ? 0x0c : 0x04);
          yield Buffer.concat([Buffer.from([options, more]), plan, bytes]);
        }
      }
    }
  }
}

function* words(kind: Kind): Generator<Buffer> {
  for (const version of [4, 5] as const) for (const { bytes } of specimens(version)) yield bytes.subarray(0, 32);
  for (let identifier = 1; identifier <= PROPERTY_NAMES.length * 2; identifier++) yield Buffer.from([1, identifier]);
  for (const length of [
    [0x80, 0x01],
    [0xff, 0x7f],
    [0x80, 0x80, 0x01],
    [0xff, 0xff, 0xff, 0x7f],
  ])
    yield Buffer.from(length);
  if (kind !== 'tcp') {
    yield CONSENT;
    for (const line of CONSENT.toString().split('\r\n')) if (line !== '') yield Buffer.from(`${line}\r\n`);
    for (const bytes of [frame(PING, Buffer.alloc(3)), frame(CLOSE, Buffer.alloc(2)), Buffer.from([0x82, 126, 1, 0])]) {
      yield bytes;
    }
    yield Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 1, 0]);
  }
  if (kind === 'socks') yield* SOCKS;
}

function write(folder: string, kind: Kind): void {
  mkdirSync(join(folder, 'seeds'), { recursive: true });
  let count = 0;
  for (const seed of seeds(kind)) {
    writeFileSync(join(folder, 'seeds', String(count)), seed);
    count += 1;
  }
  const quoted = [...words(kind)].map(
    (word) => `"${[...word].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`,
  );
  writeFileSync(join(folder, 'dictionary'), `${quoted.join('\n')}\n`);
}

const [folder, wanted] = process.argv.slice(2);
const kind = KINDS.find((known) => known === wanted);
if (folder === undefined || kind === undefined) throw new Error('usage: seeds.js FOLDER tcp|websocket|socks');
write(folder, kind);
