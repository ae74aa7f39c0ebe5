// Writes lib/native/constants.ts: names and values come from the headers of libmosquitto, doc comments from constants.json.
//
//   node scripts/generate-constants.mjs [--check] [--include DIR]...
//
// --check writes nothing, and fails when lib/native/constants.ts is not up to date with the headers.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { constantsOf, readHeaders } from './lib/headers.mjs';

// Every constant of the headers belongs to one of these groups, or is excluded for a reason.
const FAMILIES = [
  { pattern: /^MOSQ_ERR_/, title: 'Codes that methods return, and that callbacks are given as `rc`' },
  { pattern: /^MOSQ_LOG_/, title: 'Levels of on_log' },
  { pattern: /^MOSQ_OPT_/, title: 'Options of int_option() and string_option()' },
  { pattern: /^MOSQ_T_/, title: 'Values of MOSQ_OPT_TRANSPORT' },
  { pattern: /^MQTT_PROTOCOL_V/, title: 'Values of MOSQ_OPT_PROTOCOL_VERSION' },
  { pattern: /^CONNACK_/, title: 'Answers to a connection attempt in MQTT 3.1 and 3.1.1: the `rc` of on_connect' },
  { pattern: /^MQTT_RC_/, title: 'Reason codes of MQTT 5' },
  { pattern: /^MQTT_PROP_(?!TYPE_)/, title: 'Identifiers of the properties of MQTT 5' },
  { pattern: /^MQTT_PROP_TYPE_/, title: 'Types of the properties of MQTT 5' },
  { pattern: /^MQTT_SUB_OPT_/, title: 'Options of subscribe() in MQTT 5, to be combined with |' },
  { pattern: /^CMD_/, title: 'Types of packets: the first byte of each, without flags' },
  { pattern: /^(MQTT_MAX_|MOSQ_MQTT_|MQTT_SESSION_)/, title: 'Limits' },
  { pattern: /^PROTOCOL_/, title: "The protocol's name and version as a CONNECT packet gives them" },
];

const LEFT_OUT = [
  // For compilers only.
  /^(bool|true|false|MOSQ_USED|libmosq(common)?_EXPORT)$/,
  // The version of the headers, which may differ from that of the loaded library: see lib_version().
  /^LIBMOSQUITTO_/,
  // For the functions of password files, which no client needs.
  /^MOSQ_PW_/,
];

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'lib', 'native', 'constants.ts');
const texts_file = join(root, 'scripts', 'constants.json');

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    include: {
      type: 'string',
      multiple: true,
      // The second list has the names that the headers include but the client library does not need.
      default: [join(root, '.cache/libmosquitto/static/include'), join(root, 'native/libmosquitto')],
    },
  },
});

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`generate-constants: ${message}`);
  process.exit(1);
}

/**
 * Gets the values from the compiler, because an enumeration may count by itself, and a macro is an expression.
 * @param {string[]} names
 * @returns {Map<string, number | string>}
 */
function evaluate(names) {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-constants-'));
  try {
    const source = join(folder, 'constants.c');
    const program = join(folder, 'constants');
    const lines = [
      '#include <mosquitto.h>',
      '#include <stdio.h>',
      'static void text(const char *value) { printf("\\"%s\\"\\n", value); }',
      'static void number(long long value) { printf("%lld\\n", value); }',
      'int main(void) {',
      ...names.map((name) => `  _Generic((${name}), char *: text, default: number)(${name});`),
      '}',
    ];
    writeFileSync(source, `${lines.join('\n')}\n`);
    const includes = options.include.flatMap((include) => ['-I', include]);
    execFileSync(process.env.CC ?? 'cc', [...includes, source, '-o', program], { stdio: 'inherit' });
    const values = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
    return new Map(names.map((name, index) => [name, JSON.parse(values[index] ?? '')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {string[]} */
function constantNames() {
  const all = readHeaders(options.include).flatMap(({ text }) => constantsOf(text));
  if (all.length === 0) fail(`no mosquitto.h in ${options.include.join(', ')}`);
  const wanted = [...new Set(all)].filter((name) => !LEFT_OUT.some((pattern) => pattern.test(name)));
  const strange = wanted.filter((name) => FAMILIES.filter(({ pattern }) => pattern.test(name)).length !== 1);
  if (strange.length > 0) fail(`these names do not belong to exactly one group: ${strange.join(', ')}`);
  return wanted;
}

/** @returns {string} */
function generate() {
  const names = constantNames();
  /** @type {Record<string, string>} */
  const texts = JSON.parse(readFileSync(texts_file, 'utf8'));
  const untold = names.filter((name) => !(name in texts));
  if (untold.length > 0) fail(`${texts_file} has no text for ${untold.join(', ')}`);
  const stale = Object.keys(texts).filter((name) => !names.includes(name));
  if (stale.length > 0) fail(`${texts_file} has a text for ${stale.join(', ')}, which the headers do not have`);

  const values = evaluate(names);
  const lines = ['// Generated from the headers of libmosquitto by scripts/generate-constants.mjs: do not edit.'];
  for (const { pattern, title } of FAMILIES) {
    const family = names.filter((name) => pattern.test(name));
    // Names of string constants keep the order of the headers.
    family.sort((a, b) => Number(values.get(a)) - Number(values.get(b)) || 0);
    lines.push('', `// ${title}.`, '');
    for (const name of family) {
      lines.push(`/** ${texts[name]} */`, `export const ${name} = ${literal(values.get(name))};`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** @param {number | string | undefined} value */
function literal(value) {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const text = generate();
if (!options.check) {
  writeFileSync(output, text);
} else if (!existsSync(output) || readFileSync(output, 'utf8') !== text) {
  fail('lib/native/constants.ts is not up to date with the headers: run node scripts/generate-constants.mjs');
}
