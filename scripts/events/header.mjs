// Generates native/driver/event_records.h: the kinds of event records, and for each a function that writes the record.
import { capitalised, comment, generated, hasBytes, layoutOf, versionOf } from './schema.mjs';

/** @typedef {import('./schema.mjs').EventRecord} EventRecord */

const limit = 120;

/** @param {EventRecord[]} records */
export function header(records) {
  const lines = [
    `// ${generated}`,
    '//',
    '// A record is a sequence of 32-bit words in native byte order, then bytes, padded to a multiple of four.',
    '// Word 0 is the kind, word 1 the length of the record in bytes, this header included. Each function below has the',
    "// record's own words, by their numbers, and its bytes. Properties are as in property_bytes.h.",
    '#pragma once',
    '',
    '#include <cstddef>',
    '#include <cstdint>',
    '#include <string_view>',
    '',
    '#include "driver/event_fields.h"',
    '',
    'namespace libmosquitto {',
    '',
    '// A checksum of all that this file says. The JavaScript of the package has the same, or does not load the addon.',
    `inline constexpr uint32_t kEventRecordsVersion = 0x${versionOf(records)};`,
    '',
    'enum class EventKind : int32_t {',
    ...records.map(({ name, kind }) => `  ${kindOf(name)} = ${kind},`),
    '};',
    ...records.flatMap((record) => ['', ...builder(record)]),
    '',
    '}  // namespace libmosquitto',
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {string} name */
function kindOf(name) {
  return `k${capitalised(name)}`;
}

/** @param {EventRecord} record */
function builder(record) {
  const { name, fields, about, bits = {}, by_hand } = record;
  const entries = Object.entries(fields);
  const parts = entries.filter(([, type]) => hasBytes(type)).map(([field]) => field);
  const words = entries.map(([field, type]) => {
    if (!hasBytes(type)) return field;
    return `${type.endsWith(' or null') ? 'length_or_null' : 'length_of'}(${field})`;
  });
  const parameters = entries.map(([field, type]) => `${hasBytes(type) ? 'std::string_view' : 'int32_t'} ${field}`);
  return [
    ...comment(`${layoutOf(record)}.${about ? ` ${about}` : ''}`),
    ...Object.entries(bits).map(
      ([bit, value]) => `inline constexpr int32_t k${capitalised(name)}${capitalised(bit)} = ${value};`,
    ),
    ...(by_hand
      ? entries.map(
          ([field], index) => `inline constexpr size_t k${capitalised(name)}${capitalised(field)} = ${index + 2};`,
        )
      : []),
    ...definition(`constexpr EventFields<${words.length}, ${parts.length}> ${name}_record(`, parameters, [
      `EventKind::${kindOf(name)}`,
      listOf(words),
      listOf(parts),
    ]),
  ];
}

/** @param {string[]} items */
function listOf(items) {
  return items.length === 0 ? '{}' : `{{${items.join(', ')}}}`;
}

/**
 * Breaks the line as clang-format does: all on one line, or each part of the result on a line of its own when one line
 * is too short.
 * @param {string} before
 * @param {string[]} parameters
 * @param {string[]} result
 */
function definition(before, parameters, result) {
  const line = `${before}${parameters.join(', ')}) { return {${result.join(', ')}}; }`;
  if (line.length <= limit) return [line];
  return [...wrapped(before, parameters, ') {'), ...returned(result), '}'];
}

/** @param {string[]} result */
function returned(result) {
  const items = result.join(', ');
  if (`  return {${items}};`.length <= limit) return [`  return {${items}};`];
  if (`      ${items}};`.length <= limit) return ['  return {', `      ${items}};`];
  return [`  return {${result.join(',\n          ')}};`];
}

/**
 * Breaks the line behind a comma, with the remaining items below the first one.
 * @param {string} before
 * @param {string[]} items
 * @param {string} after
 */
function wrapped(before, items, after) {
  const lines = [before];
  for (const [index, item] of items.entries()) {
    const text = `${item}${index < items.length - 1 ? ',' : after}`;
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + text.length > limit) lines.push(' '.repeat(before.length) + text);
    else lines.splice(-1, 1, `${line}${index > 0 ? ' ' : ''}${text}`);
  }
  return lines;
}
