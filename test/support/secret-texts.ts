import { createHash } from 'node:crypto';

// Makes secrets that a test and its child process both know as strings, but not as bytes. The strings have 16-bit units in
// JavaScript, so only the addon makes UTF-8 bytes of them. Such bytes in the memory of the child are copies of the addon.

const HIGH = 0x79d8;
const HEX = '0123456789abcdef';

/** A text that begins with a character that no 8-bit string can hold. */
export function secretText(number: number): string {
  return String.fromCharCode(HIGH, ...digits(number));
}

/** Hexadecimal digits that are a part of such a text. */
export function secretKey(number: number): string {
  return secretText(number).slice(1);
}

function digits(number: number): number[] {
  const bytes = createHash('sha256').update(`secret ${number}`).digest();
  return [...bytes].flatMap((byte) => [HEX.charCodeAt(byte >> 4), HEX.charCodeAt(byte & 15)]);
}
