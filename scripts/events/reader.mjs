// Generates lib/native/event-records.ts: the interface of a receiver of events, and the function that reads one record for
// it.
import { broken, comment, generated, hasBytes, layoutOf, versionOf } from './schema.mjs';

/** @typedef {import('./schema.mjs').EventRecord} EventRecord */
/** @typedef {import('./schema.mjs').FieldType} FieldType */

const headerBytes = 8;
const wordBytes = 4;

/** @type {Record<FieldType, string>} */
const types = {
  int: 'number',
  unsigned: 'number',
  text: 'string',
  'text or null': 'string | null',
  bytes: 'Buffer',
  'bytes or null': 'Buffer | null',
  codes: 'number[]',
  properties: 'Properties | null',
};

/** @type {Record<FieldType, string>} */
const readers = {
  int: '',
  unsigned: '',
  text: 'read_text',
  'text or null': 'read_text_or_null',
  bytes: 'read_bytes',
  'bytes or null': 'read_bytes_or_null',
  codes: 'read_codes',
  properties: 'read_properties',
};

/** The parameters of the receiver's method. @param {EventRecord} record */
export function parametersOf({ fields, parameters }) {
  const all = parameters ?? Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, types[type]]));
  return Object.entries(all).map(([name, type]) => `${name}: ${type}`);
}

/** The parameters of a callback behind the object. @param {EventRecord} record */
export function callbackParametersOf(record) {
  const parameters = parametersOf(record);
  return record.object ? [`${record.object}: { ${parameters.join('; ')} }`] : parameters;
}

/** @param {EventRecord[]} records */
export function reader(records) {
  const delivered = records.filter(({ by_hand }) => !by_hand);
  const used = new Set(delivered.filter(({ reader }) => !reader).flatMap(({ fields }) => Object.values(fields)));
  const field_readers = [...used].map((type) => readers[type]).filter((name) => name && name !== 'read_properties');
  const callbacks = records.filter(({ callback }) => callback);
  const lines = [
    `// ${generated}`,
    '//',
    "// The records of a client's events. A record is a sequence of 32-bit words in native byte order, then bytes, padded to a",
    '// multiple of four. Word 0 is the kind, word 1 the length of the record in bytes. deliver_record() reads the others.',
    '',
    'import {',
    ...['type DecodableBuffer', ...field_readers.sort(), 'unknown_kind'].map((name) => `  ${name},`),
    "} from './event-fields';",
    "import { read_message } from './event-message';",
    "import type { MosquittoMessage } from './message';",
    "import type { Properties } from './properties';",
    "import { read_properties } from './property-bytes';",
    '',
    '/** Each callback, with the number of its event: bit `1 << number` of listen(). */',
    'export const CALLBACK_KINDS = {',
    ...callbacks.map(({ callback, kind }) => `  ${callback}: ${kind},`),
    '} as const;',
    '',
    'export type CallbackName = keyof typeof CALLBACK_KINDS;',
    ...records.filter(({ by_hand }) => by_hand).flatMap(places),
    '',
    '/** Receives the events of one client. */',
    'export interface EventReceiver {',
    '  /** False once its client was destroyed or reinitialised. The rest of the batch is dropped then. */',
    '  readonly open: boolean;',
    '  /** The topics that arrived with a number, by their numbers. Later messages refer to them. */',
    '  readonly topics: string[];',
    ...delivered.flatMap((record) => broken(`  ${record.name}(`, parametersOf(record), '): void;')),
    '}',
    '',
    '/** Reads the record at `at`, a multiple of four, and gives it to the receiver. */',
    'export function deliver_record(',
    '  batch: ArrayBuffer,',
    '  words: Int32Array,',
    '  bytes: DecodableBuffer,',
    '  at: number,',
    '  receiver: EventReceiver,',
    '): void {',
    '  const first = at >> 2;',
    '  const kind = words[first];',
    '  switch (kind) {',
    ...delivered.flatMap(delivery),
    '    default:',
    '      throw unknown_kind(kind);',
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** Generates lib/native/event-records-version.ts, which is read before the addon is loaded. @param {EventRecord[]} records */
export function version(records) {
  const lines = [
    `// ${generated}`,
    '',
    '/** A checksum of the layout of all records. An addon with another checksum is refused. */',
    `export const EVENT_RECORDS_VERSION = 0x${versionOf(records)};`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The kind, and the numbers of the words. @param {EventRecord} record */
function places(record) {
  const name = record.name.toUpperCase();
  return [
    '',
    ...comment(`${layoutOf(record)}.${record.about ? ` ${record.about}` : ''}`),
    `export const ${name} = ${record.kind};`,
    ...Object.keys(record.fields).map((field, index) => `export const ${name}_${field.toUpperCase()} = ${index + 2};`),
  ];
}

/** @param {EventRecord} record */
function delivery(record) {
  const { name, kind, fields, about } = record;
  const entries = Object.entries(fields);
  const value = (/** @type {string} */ field) => (hasBytes(fields[field] ?? 'int') ? `${field}_bytes` : field);
  const start = headerBytes + entries.length * wordBytes;
  const single = entries.length > 0;
  return [
    ...comment(`${name}: ${layoutOf(record)}.${about ? ` ${about}` : ''}`, '    '),
    `    case ${kind}:${single ? ' {' : ''}`,
    ...entries.map(([field, type], index) => {
      const unsigned = type === 'unsigned';
      const word = `words[first + ${index + 2}] ?? 0`;
      return `      const ${value(field)} = ${unsigned ? `(${word}) >>> 0` : word};`;
    }),
    ...call(record, value, start),
    '      break;',
    ...(single ? ['    }'] : []),
  ];
}

/**
 * @param {EventRecord} record
 * @param {(field: string) => string} value
 * @param {number} start of the bytes in the record
 */
function call({ name, fields, bits = {}, reader }, value, start) {
  const entries = Object.entries(fields);
  const values = (/** @type {string} */ field) => {
    if (field !== 'flags' || Object.keys(bits).length === 0) return [value(field)];
    return Object.values(bits).map((mask) => (isOneBit(mask) ? `(flags & ${mask}) !== 0` : `flags & ${mask}`));
  };
  if (reader) {
    const all = ['batch', 'bytes', `at + ${start}`, 'receiver.topics', ...entries.flatMap(([field]) => values(field))];
    return [...broken(`      const value = ${reader}(`, all, ');'), `      receiver.${name}(value);`];
  }
  let place = `at + ${start}`;
  const args = entries.map(([field, type]) => {
    if (!hasBytes(type)) return field;
    const read = `${readers[type]}(bytes, ${place}, ${value(field)})`;
    place += type.endsWith(' or null') ? ` + Math.max(0, ${value(field)})` : ` + ${value(field)}`;
    return read;
  });
  return broken(`      receiver.${name}(`, args, ');');
}

/** @param {number} mask */
function isOneBit(mask) {
  return (mask & (mask - 1)) === 0;
}
