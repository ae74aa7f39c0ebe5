// Tests the decoding of event batches, with records that the test itself encodes in the layout of C++.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { MosquittoMessage } from 'libmosquitto';
import type * as EventBatch from '../../lib/native/event-batch';
import { type FieldType, RECORDS } from '../support/event-records';

// Loads a module that the package does not export, from the folder that the package's own name leads to.
const folder = dirname(require.resolve('libmosquitto'));
const { deliver_events } = require(join(folder, 'native', 'event-batch.js')) as typeof EventBatch;

const CONNECT = RECORDS.connect.kind;
const DISCONNECT = RECORDS.disconnect.kind;
const PUBLISH = RECORDS.publish.kind;
const MESSAGE = RECORDS.message.kind;
const SUBSCRIBE = RECORDS.subscribe.kind;
const LOG = RECORDS.log.kind;
const LOOP_END = RECORDS.loop_end.kind;
const EXT_AUTH = RECORDS.ext_auth.kind;
const PUBLICATIONS = RECORDS.publications.kind;

/** A record in the layout of C++: words, then bytes, padded to a multiple of four. */
function record(kind: number, words: number[], ...tails: Uint8Array[]): Buffer {
  const tail = Buffer.concat(tails);
  const header = Buffer.from(Int32Array.of(kind, 0, ...words).buffer);
  const padding = Buffer.alloc((4 - (tail.length % 4)) % 4, 0xee);
  const whole = Buffer.concat([header, tail, padding]);
  set_length(whole, whole.length);
  return whole;
}

function set_length(bytes: Buffer, length: number): void {
  bytes.set(new Uint8Array(Int32Array.of(length).buffer), 4);
}

function message(
  mid: number,
  bits: number,
  topic: string,
  payload: Uint8Array,
  properties: Uint8Array = Buffer.alloc(0),
  number = -1,
): Buffer {
  const topic_bytes = Buffer.from(topic);
  const lengths = [topic_bytes.length, payload.length, properties.length];
  return record(MESSAGE, [mid, bits, ...lengths, number], topic_bytes, payload, properties);
}

/** A string in the format of properties: two bytes of length, then UTF-8. */
function text(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes]);
}

// Property identifiers of MQTT 5.
const PAYLOAD_FORMAT = 1;
const MESSAGE_EXPIRY = 2;
const CORRELATION_DATA = 9;
const SUBSCRIPTION_IDENTIFIER = 11;
const REASON_STRING = 31;
const TOPIC_ALIAS = 35;
const USER_PROPERTY = 38;

function batch_of(...records: Buffer[]): ArrayBuffer {
  const bytes = new Uint8Array(Buffer.concat(records));
  return bytes.buffer;
}

type Event = [kind: string, ...details: unknown[]];

function receiver(on_event: (event: Event) => void = () => undefined) {
  const events: Event[] = [];
  const note =
    (kind: string) =>
    (...details: unknown[]) => {
      events.push([kind, ...details]);
      on_event([kind, ...details]);
    };
  const methods = Object.fromEntries(Object.keys(RECORDS).map((name) => [name, note(name)]));
  return {
    open: true,
    topics: [],
    events,
    ...(methods as Record<keyof typeof RECORDS, (...details: unknown[]) => void>),
  };
}

function unexpected(error: unknown): void {
  throw error;
}

function decode(...records: Buffer[]): Event[] {
  const target = receiver();
  deliver_events(batch_of(...records), target, unexpected);
  return target.events;
}

function decode_message(...args: Parameters<typeof message>): MosquittoMessage {
  return decode(message(...args))[0]?.[1] as MosquittoMessage;
}

/** The value of a field: how it stands in a record, and what a receiver gets. */
interface Sample {
  readonly word: number;
  readonly bytes?: Buffer;
  readonly read: unknown;
}

function sample_of(bytes: Buffer, read: unknown): Sample {
  return { word: bytes.length, bytes, read };
}

const SAMPLES: Record<FieldType, Sample[]> = {
  int: [0, -1, 65535].map((value) => ({ word: value, read: value })),
  unsigned: [
    { word: 16, read: 16 },
    { word: 0x80000000 | 0, read: 0x80000000 },
  ],
  text: ['', 'größer ✓'].map((value) => sample_of(Buffer.from(value), value)),
  'text or null': [{ word: -1, read: null }, ...['', 'name'].map((value) => sample_of(Buffer.from(value), value))],
  bytes: [[], [0, 255, 1]].map((value) => sample_of(Buffer.from(value), Buffer.from(value))),
  'bytes or null': [
    { word: -1, read: null },
    ...[[], [0, 255]].map((value) => sample_of(Buffer.from(value), Buffer.from(value))),
  ],
  codes: [[], [0, 2, 128]].map((value) => sample_of(Buffer.from(value), value)),
  properties: [
    { word: 0, read: null },
    sample_of(Buffer.concat([Buffer.from([REASON_STRING]), text('why')]), { 'reason-string': 'why' }),
  ],
};

function sample(type: FieldType, number: number): Sample {
  const samples = SAMPLES[type];
  const found = samples[number % samples.length];
  assert.ok(found);
  return found;
}

describe('an event batch', () => {
  test('publications of mids that follow one another, each with a call of its own', () => {
    const target = receiver(([, mid]) => {
      if (mid === 8) throw new Error('thrown');
    });
    const failures: unknown[] = [];
    deliver_events(batch_of(record(PUBLICATIONS, [7, 3, 16]), record(PUBLISH, [10, 16, 0])), target, (error) =>
      failures.push(error),
    );
    assert.deepEqual(
      target.events,
      [7, 8, 9, 10].map((mid) => ['publish', mid, 16, null]),
    );
    assert.equal(failures.length, 1);
    const deaf = { ...receiver(), hears_publish: false };
    deliver_events(batch_of(record(PUBLICATIONS, [7, 3, 0])), deaf, unexpected);
    assert.deepEqual(deaf.events, []);
  });

  test('an empty one delivers nothing', () => {
    assert.deepEqual(decode(), []);
  });

  test('a topic that arrived with a number is the topic of later messages with only that number', () => {
    const nothing = Buffer.alloc(0);
    const target = receiver();
    const first = [message(1, 8, 'a', nothing, nothing, 0), message(2, 0, 'größe', nothing, nothing, 1)];
    const second = [message(3, 8, '', nothing, nothing, 1), message(4, 8, '', Buffer.from('x'), nothing, 0)];
    const third = [message(5, 8, 'b', nothing, nothing, 0), message(6, 8, '', nothing, nothing, 0)];
    for (const records of [first, second, third]) deliver_events(batch_of(...records), target, unexpected);
    assert.deepEqual(
      target.events.map(([, msg]) => (msg as MosquittoMessage).topic),
      ['a', 'größe', 'größe', 'a', 'b', 'b'],
    );
  });

  test('an unknown number of a topic is an error, and not an empty topic', () => {
    const nothing = Buffer.alloc(0);
    const failures: unknown[] = [];
    deliver_events(batch_of(message(1, 8, '', nothing, nothing, 7)), receiver(), (error) => failures.push(error));
    assert.match(String(failures[0]), /topic 7/);
  });

  test('every kind arrives with its values, in order', () => {
    const written: Buffer[] = [];
    const expected: Event[] = [];
    // Messages and publications have tests of their own.
    const { message: _message, publications: _publications, ...others } = RECORDS;
    for (let round = 0; round < 6; round++) {
      for (const [name, { kind, fields }] of Object.entries(others)) {
        const types: FieldType[] = Object.values(fields);
        const values = types.map((type, index) => sample(type, round + index));
        written.push(
          record(
            kind,
            values.map(({ word }) => word),
            ...values.map(({ bytes = Buffer.alloc(0) }) => bytes),
          ),
        );
        expected.push([name, ...values.map(({ read }) => read)]);
      }
    }
    assert.equal(expected.length, 6 * Object.keys(others).length);
    assert.deepEqual(decode(...written), expected);
  });

  test('a message arrives with its values', () => {
    assert.deepEqual(decode(message(9, 0b1110, 'a/b', Buffer.from('text'))), [
      [
        'message',
        {
          mid: 9,
          topic: 'a/b',
          payload: Buffer.from('text'),
          payloadlen: 4,
          qos: 2,
          retain: true,
          properties: null,
        },
      ],
    ]);
  });

  test('codes are plain arrays', () => {
    const [event] = decode(record(SUBSCRIBE, [1, 1, 0], Buffer.from([2])));
    assert.ok(Array.isArray(event?.[2]));
  });

  test('the level of a log record is unsigned, as in C', () => {
    assert.deepEqual(decode(record(LOG, [0x80000000 | 0, 0])), [['log', 0x80000000, '']]);
  });

  test('a log text is UTF-8', () => {
    const line = Buffer.from('größer ✓');
    assert.deepEqual(decode(record(LOG, [1, line.length], line)), [['log', 1, 'größer ✓']]);
  });

  test('properties of every type arrive under their names, repeats in order', () => {
    const properties = Buffer.concat([
      Buffer.from([PAYLOAD_FORMAT, 1]),
      Buffer.from([USER_PROPERTY]),
      text('k'),
      text('one'),
      Buffer.from([MESSAGE_EXPIRY, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([SUBSCRIPTION_IDENTIFIER, 7, 0, 0, 0]),
      Buffer.from([SUBSCRIPTION_IDENTIFIER, 0xff, 0xff, 0xff, 0x0f]),
      Buffer.from([CORRELATION_DATA, 2, 0, 0, 255]),
      Buffer.from([TOPIC_ALIAS, 0x34, 0x12]),
      Buffer.from([REASON_STRING]),
      text(''),
      Buffer.from([USER_PROPERTY]),
      text('k'),
      text('zwö'),
    ]);
    assert.deepEqual(decode(record(CONNECT, [0, 0, properties.length], properties))[0]?.[3], {
      'payload-format-indicator': 1,
      'user-property': [
        ['k', 'one'],
        ['k', 'zwö'],
      ],
      'message-expiry-interval': 4294967295,
      'subscription-identifier': [7, 268435455],
      'correlation-data': Buffer.from([0, 255]),
      'topic-alias': 0x1234,
      'reason-string': '',
    });
  });

  test('properties follow the other fields of a record', () => {
    const properties = Buffer.concat([Buffer.from([REASON_STRING]), text('why')]);
    const read = { 'reason-string': 'why' };
    const events = decode(
      record(DISCONNECT, [1, properties.length], properties),
      record(PUBLISH, [1, 0, properties.length], properties),
      record(SUBSCRIBE, [1, 3, properties.length], Buffer.from([0, 1, 2]), properties),
      record(EXT_AUTH, [1, 3, properties.length], Buffer.from('m'), Buffer.from('abc'), properties),
      message(0, 8, 'odd', Buffer.from('12345'), properties),
    );
    assert.deepEqual(
      events.slice(0, 4).map((event) => event.at(-1)),
      [read, read, read, read],
    );
    assert.deepEqual((events[4]?.[1] as MosquittoMessage | undefined)?.properties, read);
  });
});

describe('a message record', () => {
  test('its qos and retain flag do not leak into each other', () => {
    for (const qos of [0, 1, 2]) {
      for (const retain of [false, true]) {
        const decoded = decode_message(1, qos | (retain ? 4 : 0) | 8, 't', Buffer.from('p'));
        assert.deepEqual([decoded.qos, decoded.retain], [qos, retain]);
      }
    }
  });

  test('lengths that are no multiples of four are padded, and the next record is found', () => {
    for (let topic = 1; topic <= 5; topic++) {
      for (let payload = 0; payload <= 5; payload++) {
        const bytes = Buffer.from(Array.from({ length: payload }, (_, index) => index + 1));
        const events = decode(message(1, 8, 't'.repeat(topic), bytes), record(DISCONNECT, [topic, 0]));
        assert.deepEqual(events, [
          [
            'message',
            {
              mid: 1,
              topic: 't'.repeat(topic),
              payload: bytes,
              payloadlen: payload,
              qos: 0,
              retain: false,
              properties: null,
            },
          ],
          ['disconnect', topic, null],
        ]);
      }
    }
  });

  test('an empty payload is a Buffer of length zero', () => {
    const { payload, payloadlen } = decode_message(0, 8, 'empty', Buffer.alloc(0));
    assert.ok(Buffer.isBuffer(payload));
    assert.equal(payload.length, 0);
    assert.equal(payloadlen, 0);
  });

  test('a topic that is not ASCII is UTF-8, and the payload still starts after its bytes', () => {
    const decoded = decode_message(0, 0, 'küche/温度/🌡', Buffer.from([0xff, 0]));
    assert.equal(decoded.topic, 'küche/温度/🌡');
    assert.deepEqual(decoded.payload, Buffer.from([0xff, 0]));
  });

  test('its payload is a view; only a small payload is copied', () => {
    for (const [length, shares] of [
      [1, false],
      [64, false],
      [65, true],
      [1000, true],
    ] as const) {
      const payload = Buffer.alloc(length, 'x');
      const batch = batch_of(message(0, 8, 'topic', payload));
      const target = receiver();
      deliver_events(batch, target, unexpected);
      const received = target.events[0]?.[1] as MosquittoMessage;
      assert.deepEqual(received.payload, payload);
      assert.equal(received.payload.buffer === batch, shares, `${length} bytes`);
      if (!shares) assert.equal(received.payload.buffer.byteLength, length);
    }
  });

  test("transferring one payload's memory to another thread does not take the others away", () => {
    const contents = ['first', 'second'].map((text) => text.repeat(20));
    const records = contents.map((text, i) => message(0, 8, `t/${i}`, Buffer.from(text)));
    const payloads: string[] = [];
    const target = receiver(([, decoded]) => {
      const { payload } = decoded as { payload: Buffer };
      const { port1, port2 } = new MessageChannel();
      try {
        port1.postMessage(payload, [payload.buffer as ArrayBuffer]);
      } catch {
        // Newer versions of Node refuse the buffer; older ones copy it.
      }
      port1.close();
      port2.close();
      payloads.push(payload.toString());
    });
    deliver_events(batch_of(...records), target, unexpected);
    assert.deepEqual(payloads, contents);
  });
});

describe('delivery', () => {
  test('the error of a callback is passed on, and the next records follow', () => {
    const failures: unknown[] = [];
    const target = receiver(([kind]) => {
      if (kind === 'publish') throw new Error('from the callback');
    });
    deliver_events(
      batch_of(record(PUBLISH, [1, 0, 0]), record(PUBLISH, [2, 0, 0]), record(DISCONNECT, [0, 0])),
      target,
      (error) => failures.push((error as Error).message),
    );
    assert.deepEqual(failures, ['from the callback', 'from the callback']);
    assert.equal(target.events.length, 3);
  });

  test('a receiver that closes gets nothing more', () => {
    const target = receiver(() => {
      target.open = false;
    });
    deliver_events(batch_of(record(DISCONNECT, [0, 0]), record(LOOP_END, [0])), target, unexpected);
    assert.deepEqual(target.events, [['disconnect', 0, null]]);
  });

  test('an unknown kind is an error, and the records after it are delivered', () => {
    const failures: unknown[] = [];
    const target = receiver();
    deliver_events(batch_of(record(99, [1, 2, 3]), record(LOOP_END, [0])), target, (error) => failures.push(error));
    assert.equal(failures.length, 1);
    assert.match(String(failures[0]), /unknown kind 99/);
    assert.deepEqual(target.events, [['loop_end', 0]]);
  });

  test('a record length that makes no sense is an error, not an endless loop or a read beyond the batch', () => {
    for (const length of [0, 4, 10, -8, 16]) {
      const broken = record(LOOP_END, [0]);
      set_length(broken, length);
      const target = receiver();
      assert.throws(() => deliver_events(batch_of(broken), target, unexpected), /batch of 12/, String(length));
      assert.deepEqual(target.events, []);
    }
  });

  test('a batch that is cut off within a header is an error', () => {
    const cut = record(LOOP_END, [0]).subarray(0, 4);
    assert.throws(() => deliver_events(batch_of(cut), receiver(), unexpected), /batch of 4/);
  });
});
