// Generates test/support/event-records.ts: the layout of each record, for the test that writes records as C++ does.
import { generated } from './schema.mjs';

/** @typedef {import('./schema.mjs').EventRecord} EventRecord */

/** @param {EventRecord[]} records */
export function table(records) {
  const types = [...new Set(records.flatMap(({ fields }) => Object.values(fields)))];
  const lines = [
    `// ${generated}`,
    '',
    'export type FieldType =',
    `${types.map((type) => `  | '${type}'`).join('\n')};`,
    '',
    '/** The records: their kinds, and their fields in the order of the words. */',
    'export const RECORDS = {',
    ...records.flatMap(({ name, kind, fields }) => {
      const entries = Object.entries(fields).map(([field, type]) => `${field}: '${type}'`);
      const line = `  ${name}: { kind: ${kind}, fields: {${entries.length > 0 ? ` ${entries.join(', ')} ` : ''}} },`;
      if (line.length <= 120) return [line];
      return [`  ${name}: {`, `    kind: ${kind},`, `    fields: { ${entries.join(', ')} },`, '  },'];
    }),
    '} as const satisfies Record<string, { kind: number; fields: Record<string, FieldType> }>;',
  ];
  return `${lines.join('\n')}\n`;
}
