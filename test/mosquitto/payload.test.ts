// Tests payloads of every type and size, sent and received. A fault would change bytes, or share memory that changes
// later.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Payload } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

const bytes = new Uint8Array([
  0, 1, 2, 253, 254, 255, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
]);
/** The same bytes, in the middle of a larger buffer: the view's offset and length must be used. */
const wide = new ArrayBuffer(64);
new Uint8Array(wide).fill(99);
new Uint8Array(wide).set(bytes, 16);

const PAYLOADS: Array<[what: string, payload: Payload, sent: Uint8Array]> = [
  ['null', null, Buffer.alloc(0)],
  ['undefined', undefined, Buffer.alloc(0)],
  ['an empty string', '', Buffer.alloc(0)],
  ['an empty Buffer', Buffer.alloc(0), Buffer.alloc(0)],
  ['an empty ArrayBuffer', new ArrayBuffer(0), Buffer.alloc(0)],
  ['one byte', Buffer.from([0]), Buffer.from([0])],
  ['text', 'hello', Buffer.from('hello')],
  ['text beyond ASCII', 'grüße, 世界 🙂', Buffer.from('grüße, 世界 🙂')],
  ['Buffer', Buffer.from(bytes), bytes],
  ['Buffer in its pool', Buffer.from('pooled'), Buffer.from('pooled')],
  ['ArrayBuffer', bytes.buffer, bytes],
  ['DataView', new DataView(wide, 16, 24), bytes],
  ['Int8Array', new Int8Array(wide, 16, 24), bytes],
  ['Uint8Array', new Uint8Array(wide, 16, 24), bytes],
  ['Uint8ClampedArray', new Uint8ClampedArray(wide, 16, 24), bytes],
  ['Int16Array', new Int16Array(wide, 16, 12), bytes],
  ['Uint16Array', new Uint16Array(wide, 16, 12), bytes],
  ['Int32Array', new Int32Array(wide, 16, 6), bytes],
  ['Uint32Array', new Uint32Array(wide, 16, 6), bytes],
  ['Float32Array', new Float32Array(wide, 16, 6), bytes],
  ['Float64Array', new Float64Array(wide, 16, 3), bytes],
  ['BigInt64Array', new BigInt64Array(wide, 16, 3), bytes],
  ['BigUint64Array', new BigUint64Array(wide, 16, 3), bytes],
];

test('every kind of payload arrives as its bytes', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'payload/kind', 1);
  const messages = collect(client);
  for (const [what, payload] of PAYLOADS) assert.equal(client.publish('payload/kind', payload, 1), 0, what);
  await until(() => messages.length === PAYLOADS.length, 'every payload');
  for (const [index, [what, , sent]] of PAYLOADS.entries()) {
    const message = messages[index];
    assert.ok(Buffer.isBuffer(message?.payload), what);
    assert.deepEqual(message.payload, Buffer.from(sent), what);
    assert.equal(message.payloadlen, sent.length, what);
  }
});

test('a text with lone surrogates is refused as payload, not changed on the way', limit, (t) => {
  const client = clientFor(t);
  assert.throws(
    () => client.publish('t', 'lone \ud83d'),
    /^TypeError: argument 2 \(payload\) must not contain a lone surrogate/,
  );
});

test('a text payload may contain a NUL', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'payload/nul');
  const messages = collect(client);
  assert.equal(client.publish('payload/nul', 'a\0b'), 0);
  await until(() => messages.length === 1, 'the message');
  assert.equal(String(messages[0]?.payload), 'a\0b');
});

for (const mode of MODES) {
  test(`a payload overwritten right after publish() arrives as it was (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    await subscribeTo(client, 'payload/reused', 2);
    const messages = collect(client);
    const reused = Buffer.alloc(100_000);
    for (const [index, qos] of ([0, 1, 2, 0, 1, 2] as const).entries()) {
      reused.fill(index);
      assert.equal(client.publish('payload/reused', reused, qos), 0);
    }
    reused.fill(255);
    await until(() => messages.length === 6, 'six messages');
    // QoS 2 is delivered a round trip later, so the order is not fixed.
    const seen = messages.map(({ payload }) => {
      assert.ok(
        payload.every((byte) => byte === payload[0]),
        'a payload of one piece',
      );
      return payload[0];
    });
    assert.deepEqual(seen.sort(), [0, 1, 2, 3, 4, 5]);
  });

  test(`payloads of 0 B, 1 B, 64 KiB and 10 MB arrive whole (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    await subscribeTo(client, 'payload/size', 1);
    const messages = collect(client);
    const sizes = [0, 1, 65536, 10_000_000];
    const payloads = sizes.map((size) => randomBytes(size));
    for (const payload of payloads) assert.equal(client.publish('payload/size', payload, 1), 0);
    await until(() => messages.length === sizes.length, 'four messages');
    const digest = (data: Buffer): string => createHash('sha1').update(data).digest('hex');
    assert.deepEqual(
      messages.map(({ payloadlen }) => payloadlen),
      sizes,
    );
    assert.deepEqual(
      messages.map(({ payload }) => digest(payload)),
      payloads.map(digest),
    );
  });
}

test(
  'received payloads stay as they are: later messages do not write over them, nor do writes to one touch another',
  limit,
  async (t) => {
    const client = clientFor(t);
    driveFor(t, client, 'thread');
    await connectTo(client, broker());
    await subscribeTo(client, 'payload/kept');
    const messages = collect(client);
    for (let index = 0; index < 100; index++) assert.equal(client.publish('payload/kept', `kept ${index}`), 0);
    await until(() => messages.length === 100, 'a hundred messages');
    messages[0]?.payload.fill(0);
    for (let index = 0; index < 100; index++) assert.equal(client.publish('payload/kept', Buffer.alloc(10, index)), 0);
    await until(() => messages.length === 200, 'two hundred messages');
    for (let index = 1; index < 100; index++) assert.equal(String(messages[index]?.payload), `kept ${index}`);
  },
);
