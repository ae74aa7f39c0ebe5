// Writes docs/c-api.md from c-api.json, which names the JavaScript counterpart of each function of libmosquitto's headers.
// Fails when c-api.json lacks a function of the headers, or has one that the headers lack.
//
//   node scripts/c-api.mjs [--check | --json] [--include DIR]...
//
// --check writes nothing, and fails when docs/c-api.md is not up to date. --json writes nothing, and prints the counterpart
// of each function, for the test that asserts that it exists.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { functionsOf, macrosOf, readHeaders } from './lib/headers.mjs';
import { main, UserError } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { compareVersions } from './libmosquitto/version.mjs';

/**
 * A function's place in the public API: one of `class`, `method`, `callback`, `function`, or `none`, the reason.
 * @typedef {object} Fate
 * @property {string} [class]
 * @property {string} [method] of a client
 * @property {string} [callback] property of a client
 * @property {string} [function] of the module
 * @property {string} [none]
 * @property {string} [note] the difference from C
 * @property {string} [since] version of libmosquitto
 */

/**
 * @typedef {object} HeaderData
 * @property {string} [title]
 * @property {string} [none] the reason why none of them is exposed, when `functions` is a list of names
 * @property {string} [since] the version of all of them, likewise
 * @property {Record<string, Fate> | string[]} functions
 */

/** @type {{ headers: Record<string, HeaderData>, macros: Record<string, string>, own: Record<string, string> }} */
const data = JSON.parse(readFileSync(inRoot('scripts', 'c-api.json'), 'utf8'));
const page = inRoot('docs', 'c-api.md');

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    include: { type: 'string', multiple: true, default: [inRoot('.cache/libmosquitto/static/include')] },
  },
});

/**
 * @param {HeaderData} header
 * @returns {[name: string, fate: Fate][]}
 */
function fatesOf({ functions, none, since }) {
  if (!Array.isArray(functions)) return Object.entries(functions);
  return functions.map((name) => [name, { none, since }]);
}

/** @param {Fate} fate */
function kindOf(fate) {
  const kinds = /** @type {const} */ (['class', 'method', 'callback', 'function', 'none']);
  const [kind, ...others] = kinds.filter((candidate) => fate[candidate] !== undefined);
  if (kind === undefined || others.length > 0)
    throw new UserError(`exactly one kind is needed: ${JSON.stringify(fate)}`);
  return kind;
}

/** Major and minor version, in the format of `since`. @param {import('./lib/headers.mjs').Header[]} headers */
function versionOf(headers) {
  const text = headers.map((header) => header.text).join('\n');
  const part = (/** @type {string} */ name) => new RegExp(`define LIBMOSQUITTO_${name} (\\d+)`).exec(text)?.[1];
  return `${part('MAJOR')}.${part('MINOR')}`;
}

/**
 * The faults of c-api.json, in words.
 * @param {import('./lib/headers.mjs').Header[]} headers
 * @returns {string[]}
 */
function faults(headers) {
  const version = versionOf(headers);
  const declared = new Set(headers.flatMap(({ text }) => functionsOf(text)));
  const macros = new Set(headers.flatMap(({ text }) => macrosOf(text)));
  const fates = new Map(Object.values(data.headers).flatMap(fatesOf));

  const found = [...declared].filter((name) => !fates.has(name)).map((name) => `${name}() is not accounted for`);
  found.push(...[...macros].filter((name) => !(name in data.macros)).map((name) => `${name}(): the macro is missing`));
  for (const [name, fate] of fates) {
    const expected = fate.since === undefined || compareVersions(fate.since, version) <= 0;
    if (declared.has(name) !== expected) {
      found.push(`${name}(): ${expected ? 'not in' : 'in'} the headers of ${version} (since: ${fate.since ?? 'ever'})`);
    }
    const target = fate[kindOf(fate)];
    const renamed = kindOf(fate) === 'method' || kindOf(fate) === 'function';
    if (renamed && name !== `mosquitto_${target}` && fate.note === undefined) {
      found.push(`${name}(): is ${target}() here, and lacks a note`);
    }
  }
  return found;
}

/** @param {Fate} fate */
function shown(fate) {
  switch (kindOf(fate)) {
    case 'class':
      return `\`new ${fate.class}()\``;
    case 'method':
      return `\`client.${fate.method}()\``;
    case 'callback':
      return `\`client.${fate.callback}\``;
    case 'function':
      return `\`${fate.function}()\``;
    case 'none':
      return 'not exposed';
  }
}

/** @param {[name: string, fate: Fate]} entry */
function row([name, fate]) {
  const since = fate.since === undefined ? '' : ` ${fate.since}`;
  return `| \`${name}()\`${since} | ${shown(fate)} | ${fate.none ?? fate.note ?? ''} |`;
}

/** @param {import('./lib/headers.mjs').Header[]} headers */
function document(headers) {
  const fates = Object.values(data.headers).flatMap(fatesOf);
  const hidden = fates.filter(([, fate]) => fate.none !== undefined).length;
  const lines = [
    '<!-- Generated from the headers of libmosquitto and scripts/c-api.json by scripts/c-api.mjs: do not edit. -->',
    '',
    '# The counterpart of each C function',
    '',
    `The headers of libmosquitto ${versionOf(headers)} declare ${fates.length} functions for clients; this page lists all of them.`,
    `JavaScript has ${fates.length - hidden} of them. It lacks ${hidden}, because they take or return a C pointer or C memory.`,
    '',
    'The rules for names: `mosquitto_NAME(mosq, ...)` is the method `NAME(...)`. `mosquitto_NAME(...)` without a client is the',
    'module function `NAME(...)`. `mosquitto_NAME_callback_set()` is the property `on_NAME`. The parameters of the variants',
    '`_v5`, `_bind`, `_with_flags` and `_multiple` are trailing arguments of one method. Constants keep their names.',
    '',
    '`2.1` after a name means that libmosquitto has had the function since that version. With an older library a method',
    'returns `MOSQ_ERR_NOT_SUPPORTED`, a module function throws a `MosquittoError` with that code, and a callback is not',
    'called, unless the table says otherwise.',
    '',
  ];
  for (const [name, header] of Object.entries(data.headers)) {
    if (header.title === undefined) continue;
    lines.push(`## ${header.title}`, '', `From \`${name}\`.`, '', '| C | Node.js | |', '|---|---|---|');
    lines.push(...fatesOf(header).map(row), '');
  }
  lines.push('## Common code of client, broker and tools', '');
  lines.push('The library exports these functions, but they are not for clients. None of them is exposed.', '');
  lines.push('| header | functions | reason |', '|---|---|---|');
  for (const [name, header] of Object.entries(data.headers)) {
    if (header.title !== undefined) continue;
    const names = fatesOf(header).map(([entry]) => `\`${entry}()\``);
    lines.push(`| \`${name}\` | ${names.join(', ')} | ${header.none} |`);
  }
  lines.push(
    '',
    '## Macros with parameters',
    '',
    'JavaScript uses the expression itself.',
    '',
    '| C | Node.js |',
    '|---|---|',
  );
  for (const [name, instead] of Object.entries(data.macros)) {
    lines.push(`| \`${name}()\` | ${instead.replaceAll('|', '\\|')} |`);
  }
  lines.push('', '## Additions to the C API', '', '| Node.js | |', '|---|---|');
  for (const [name, meaning] of Object.entries(data.own)) lines.push(`| \`${name}\` | ${meaning} |`);
  return `${lines.join('\n')}\n`;
}

/** @returns {string} */
function json() {
  const functions = Object.values(data.headers)
    .flatMap(fatesOf)
    .map(([name, fate]) => ({ name, kind: kindOf(fate), target: fate[kindOf(fate)], since: fate.since ?? null }));
  return JSON.stringify({ functions, own: Object.keys(data.own) });
}

await main(() => {
  const headers = readHeaders(options.include);
  if (headers.length === 0) throw new UserError(`c-api: no mosquitto.h in ${options.include.join(', ')}`);
  const found = faults(headers);
  if (found.length > 0) throw new UserError(`scripts/c-api.json:\n  ${found.join('\n  ')}`);
  if (options.json) {
    console.log(json());
    return;
  }
  const text = document(headers);
  if (!options.check) writeFileSync(page, text);
  else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
    throw new UserError('docs/c-api.md is not up to date with the headers and c-api.json: run node scripts/c-api.mjs');
  }
});
