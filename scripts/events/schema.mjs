// Reads records.json, which describes the event records that the addon passes to JavaScript. The code that writes, reads
// and tests the records is generated from it. This module also has the helpers of the generators.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A field is a word of 32 bits. The word of a field with bytes is their length; the bytes follow all words. In a field that
 * may be null, the length -1 means null.
 * @typedef {'int' | 'unsigned' | 'text' | 'text or null' | 'bytes' | 'bytes or null' | 'codes' | 'properties'} FieldType
 */

/**
 * @typedef {object} EventRecord
 * @property {string} name
 * @property {number} kind 1 to 31: the first word of the record, and its bit in the mask of listen()
 * @property {string} [callback] the public callback that gets it
 * @property {boolean} [answered] the addon waits for the end of the callback: event-sink.ts calls it and answers
 * @property {'number'} [returns] what the callback returns; nothing by default
 * @property {string} [about] what the names of the fields do not tell
 * @property {Record<string, FieldType>} fields in the order of their words
 * @property {Record<string, number>} [bits] of the field `flags`
 * @property {boolean} [by_hand] the code that writes and reads it knows the numbers of its words by names
 * @property {string} [object] the callback gets all fields as the members of one object of this name
 * @property {string} [reader] the function of event-message.ts that makes one value of all fields
 * @property {Record<string, string>} [parameters] what the receiver gets with such a reader: names and types
 */

/** @returns {EventRecord[]} */
export function readSchema() {
  /** @type {EventRecord[]} */
  const records = JSON.parse(readFileSync(new URL('records.json', import.meta.url), 'utf8'));
  // Kind 0 is no kind: its bit marks a chunk that contains a topic.
  let last = 0;
  for (const { name, kind } of records) {
    if (kind <= last || kind > 31) throw new Error(`records.json: ${name} has kind ${kind}, after ${last}`);
    last = kind;
  }
  return records;
}

/**
 * The version of the layout: a checksum, which changes with each change of the layout.
 * @param {EventRecord[]} records
 */
export function versionOf(records) {
  const layout = records.map(({ name, kind, fields, bits = {} }) => [
    name,
    kind,
    Object.entries(fields),
    Object.entries(bits),
  ]);
  return createHash('sha256').update(JSON.stringify(layout)).digest('hex').slice(0, 8);
}

/** @param {FieldType} type */
export function hasBytes(type) {
  return type !== 'int' && type !== 'unsigned';
}

/** Describes the layout of a record, for the comments of generated code. @param {EventRecord} record */
export function layoutOf({ fields }) {
  const entries = Object.entries(fields);
  if (entries.length === 0) return 'nothing';
  const words = entries.map(([name, type], index) => {
    const none = type.endsWith(' or null') ? ', -1 for null' : '';
    return `[${index + 2}] ${hasBytes(type) ? `bytes of ${name}${none}` : name}`;
  });
  const parts = entries.filter(([, type]) => hasBytes(type)).map(([name]) => name);
  return `${words.join(', ')}${parts.length > 0 ? `; ${parts.join(', ')}` : ''}`;
}

/**
 * Comment lines of no more than 120 characters.
 * @param {string} text
 * @param {string} [indent]
 */
export function comment(text, indent = '') {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + 4 + line.length + word.length > 120) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => `${indent}// ${each}`);
}

/**
 * A list in parentheses as Biome breaks it: on one line, or each item on a line of its own.
 * @param {string} before
 * @param {string[]} items
 * @param {string} after
 */
export function broken(before, items, after) {
  const line = `${before}${items.join(', ')}${after}`;
  if (line.length <= 120) return [line];
  const indent = /^ */.exec(before)?.[0] ?? '';
  return [before, ...items.map((item) => `${indent}  ${item},`), `${indent}${after}`];
}

/** 'LoopEnd' of 'loop_end'. @param {string} name */
export function capitalised(name) {
  return name
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
}

export const generated = 'Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.';
