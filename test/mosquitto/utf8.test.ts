// Tests validate_utf8(), which must accept exactly the strings that MQTT allows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_SUCCESS, validate_utf8 } from 'libmosquitto';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };

/** Both forms of one text: the string, and its bytes. */
function forms(text: string): Array<string | Uint8Array> {
  return [text, Buffer.from(text)];
}

test('validate_utf8() accepts text', limit, () => {
  for (const text of ['', 'a', 'house/kitchen', 'größe', 'ﷺ', '日本語', '🙂', '\u{fffd}', '\u{10fffd}', ' ~\u00a0']) {
    for (const form of forms(text)) assert.equal(validate_utf8(form), MOSQ_ERR_SUCCESS, JSON.stringify(text));
  }
});

test('validate_utf8() refuses what MQTT wants in no string, though it is UTF-8', limit, () => {
  const refused = [
    '\0',
    'a\0b',
    '\n',
    '\u001f',
    '\u007f',
    '\u009f',
    '\ufdd0',
    '\ufdef',
    '\ufffe',
    '\uffff',
    '\u{1ffff}',
  ];
  for (const text of refused) {
    for (const form of forms(text)) assert.equal(validate_utf8(form), MOSQ_ERR_MALFORMED_UTF8, JSON.stringify(text));
  }
});

test('validate_utf8() refuses a lone surrogate, in a string and in bytes', limit, () => {
  for (const text of ['\ud83d', '\ude42', 'a\ud83db', '\ude42\ud83d', '🙂\ud83d']) {
    assert.equal(validate_utf8(text), MOSQ_ERR_MALFORMED_UTF8, JSON.stringify(text));
  }
  assert.equal(validate_utf8(Buffer.from([0xed, 0xa0, 0x80])), MOSQ_ERR_MALFORMED_UTF8);
  assert.equal(validate_utf8(Buffer.from([0xed, 0xbf, 0xbf])), MOSQ_ERR_MALFORMED_UTF8);
});

test('validate_utf8() refuses bytes that are no UTF-8', limit, () => {
  const refused = [
    [0x80],
    [0xbf],
    [0xff],
    [0xc0, 0xaf],
    [0xc1, 0xbf],
    [0xe0, 0x9f, 0xbf],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xc3, 0x28],
    [0xe2, 0x82, 0x28],
  ];
  for (const bytes of refused) {
    assert.equal(validate_utf8(Uint8Array.from(bytes)), MOSQ_ERR_MALFORMED_UTF8, Buffer.from(bytes).toString('hex'));
  }
});

// Version 2.0.11 reads the rest of a character behind the end, where other bytes may complete it.
test('validate_utf8() refuses a character that is cut short, whatever follows it', limit, () => {
  const whole = Buffer.from('🙂ﷺß');
  for (const [start, end] of [
    [0, 4],
    [4, 7],
    [7, 9],
  ] as const) {
    for (let cut = start + 1; cut < end; cut++) {
      assert.equal(validate_utf8(whole.subarray(start, cut)), MOSQ_ERR_MALFORMED_UTF8, `${start} to ${cut}`);
      assert.equal(validate_utf8(new Uint8Array(whole.subarray(start, cut))), MOSQ_ERR_MALFORMED_UTF8);
    }
    assert.equal(validate_utf8(whole.subarray(start, end)), MOSQ_ERR_SUCCESS);
  }
});

test('validate_utf8() takes 65536 bytes at most, as C', limit, () => {
  assert.equal(validate_utf8('a'.repeat(65536)), MOSQ_ERR_SUCCESS);
  assert.equal(validate_utf8('a'.repeat(65537)), MOSQ_ERR_INVAL);
  assert.equal(validate_utf8(Buffer.alloc(65537, 'a')), MOSQ_ERR_INVAL);
  assert.equal(validate_utf8('ß'.repeat(32769)), MOSQ_ERR_INVAL, 'bytes count, not characters');
});

test('validate_utf8() looks at a view, not at the memory around it', limit, () => {
  const memory = new Uint8Array([0xff, 0x61, 0x62, 0xff]);
  assert.equal(validate_utf8(memory.subarray(1, 3)), MOSQ_ERR_SUCCESS);
  assert.equal(validate_utf8(memory.subarray(1)), MOSQ_ERR_MALFORMED_UTF8);
});

test('validate_utf8() throws a TypeError for what is no text', limit, () => {
  for (const value of [undefined, null, 5, {}, [], true]) {
    assert.throws(() => validate_utf8(value as unknown as string), {
      name: 'TypeError',
      message: /argument 1 \(data\)/,
    });
  }
});
