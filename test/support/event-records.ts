// Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.

export type FieldType =
  | 'int'
  | 'properties'
  | 'text'
  | 'bytes'
  | 'codes'
  | 'unsigned'
  | 'text or null'
  | 'bytes or null';

/** The records: their kinds, and their fields in the order of the words. */
export const RECORDS = {
  connect: { kind: 1, fields: { rc: 'int', flags: 'int', properties: 'properties' } },
  disconnect: { kind: 2, fields: { rc: 'int', properties: 'properties' } },
  publish: { kind: 3, fields: { mid: 'int', reason_code: 'int', properties: 'properties' } },
  message: {
    kind: 4,
    fields: { mid: 'int', flags: 'int', topic: 'text', payload: 'bytes', properties: 'properties', number: 'int' },
  },
  subscribe: { kind: 5, fields: { mid: 'int', qos_list: 'codes', properties: 'properties' } },
  unsubscribe: { kind: 6, fields: { mid: 'int', reason_codes: 'codes', properties: 'properties' } },
  log: { kind: 7, fields: { level: 'unsigned', text: 'text' } },
  loop_end: { kind: 8, fields: { rc: 'int' } },
  pre_connect: { kind: 9, fields: {} },
  ext_auth: { kind: 10, fields: { method: 'text or null', data: 'bytes or null', properties: 'properties' } },
  look_up: { kind: 11, fields: { question: 'int', domain: 'text' } },
  publications: { kind: 12, fields: { mid: 'int', count: 'int', reason_code: 'int' } },
  flushed: { kind: 13, fields: { question: 'int', rc: 'int' } },
  dropped: { kind: 15, fields: { messages: 'int', subscribes: 'int', unsubscribes: 'int' } },
} as const satisfies Record<string, { kind: number; fields: Record<string, FieldType> }>;
