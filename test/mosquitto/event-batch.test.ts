import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { MosquittoMessage } from 'libmosquitto';
import type * as EventBatch from '../../lib/event-batch';

// A module that the package does not export, from where the package's own name leads to.
const folder = dirname(require.resolve('libmosquitto'));
const { deliver_events } = require(join(folder, 'event-batch.js')) as typeof EventBatch;

const CONNECT = 1;
const DISCONNECT = 2;
const PUBLISH = 3;
const MESSAGE = 4;
const SUBSCRIBE = 5;
const UNSUBSCRIBE = 6;
const LOG = 7;
const LOOP_END = 8;

/** A record as C++ lays it out: words, then bytes, padded to a multiple of four. */
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

function message(mid: number, bits: number, topic: string, payload: Uint8Array): Buffer {
  const topic_bytes = Buffer.from(topic);
  return record(MESSAGE, [mid, bits, topic_bytes.length, payload.length], topic_bytes, payload);
}

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
  return {
    open: true,
    events,
    connect: note('connect'),
    disconnect: note('disconnect'),
    publish: note('publish'),
    message: note('message'),
    subscribe: note('subscribe'),
    unsubscribe: note('unsubscribe'),
    log: note('log'),
    loop_end: note('loop_end'),
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

describe('an event batch', () => {
  test('an empty one delivers nothing', () => {
    assert.deepEqual(decode(), []);
  });

  test('every kind arrives with its values, in order', () => {
    const events = decode(
      record(CONNECT, [5, 1]),
      record(DISCONNECT, [7]),
      record(PUBLISH, [65535, 16]),
      message(9, 0b1110, 'a/b', Buffer.from('text')),
      record(SUBSCRIBE, [2, 3, 0, 2, 128]),
      record(UNSUBSCRIBE, [3, 0]),
      record(UNSUBSCRIBE, [4, 2, 0, 17]),
      record(LOG, [16, 3], Buffer.from('log')),
      record(LOOP_END, [-1]),
    );
    assert.deepEqual(events, [
      ['connect', 5, 1],
      ['disconnect', 7],
      ['publish', 65535, 16],
      ['message', { mid: 9, topic: 'a/b', payload: Buffer.from('text'), payloadlen: 4, qos: 2, retain: true }],
      ['subscribe', 2, [0, 2, 128]],
      ['unsubscribe', 3, []],
      ['unsubscribe', 4, [0, 17]],
      ['log', 16, 'log'],
      ['loop_end', -1],
    ]);
  });

  test('codes are plain arrays', () => {
    const [event] = decode(record(SUBSCRIBE, [1, 1, 2]));
    assert.ok(Array.isArray(event?.[2]));
  });

  test('the level of a log record is unsigned, as in C', () => {
    assert.deepEqual(decode(record(LOG, [0x80000000 | 0, 0])), [['log', 0x80000000, '']]);
  });

  test('a log text is UTF-8', () => {
    const text = Buffer.from('größer ✓');
    assert.deepEqual(decode(record(LOG, [1, text.length], text)), [['log', 1, 'größer ✓']]);
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
        const events = decode(message(1, 8, 't'.repeat(topic), bytes), record(DISCONNECT, [topic]));
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
            },
          ],
          ['disconnect', topic],
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

  test('its payload is a view: no copy is made', () => {
    const batch = batch_of(message(0, 8, 'topic', Buffer.from('payload')));
    const target = receiver();
    deliver_events(batch, target, unexpected);
    const received = target.events[0]?.[1] as MosquittoMessage;
    assert.equal(received.payload.buffer, batch);
  });

  test("transferring one payload's memory to another thread does not take the others away", () => {
    const records = [message(0, 8, 'a', Buffer.from('first')), message(0, 8, 'b', Buffer.from('second'))];
    const payloads: string[] = [];
    const target = receiver(([, decoded]) => {
      const { payload } = decoded as { payload: Buffer };
      const { port1, port2 } = new MessageChannel();
      try {
        port1.postMessage(payload, [payload.buffer as ArrayBuffer]);
      } catch {
        // Newer versions of Node refuse; older ones copy instead.
      }
      port1.close();
      port2.close();
      payloads.push(payload.toString());
    });
    deliver_events(batch_of(...records), target, unexpected);
    assert.deepEqual(payloads, ['first', 'second']);
  });
});

describe('delivery', () => {
  test('what a callback throws is passed on, and the next records follow', () => {
    const failures: unknown[] = [];
    const target = receiver(([kind]) => {
      if (kind === 'publish') throw new Error('from the callback');
    });
    deliver_events(
      batch_of(record(PUBLISH, [1, 0]), record(PUBLISH, [2, 0]), record(DISCONNECT, [0])),
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
    deliver_events(batch_of(record(DISCONNECT, [0]), record(LOOP_END, [0])), target, unexpected);
    assert.deepEqual(target.events, [['disconnect', 0]]);
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
      const broken = record(DISCONNECT, [0]);
      set_length(broken, length);
      const target = receiver();
      assert.throws(() => deliver_events(batch_of(broken), target, unexpected), /batch of 12/, String(length));
      assert.deepEqual(target.events, []);
    }
  });

  test('a batch that is cut off within a header is an error', () => {
    const cut = record(DISCONNECT, [0]).subarray(0, 4);
    assert.throws(() => deliver_events(batch_of(cut), receiver(), unexpected), /batch of 4/);
  });
});
