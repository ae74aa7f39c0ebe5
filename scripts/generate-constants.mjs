// Writes lib/constants.ts: names and values from the headers of libmosquitto, texts from constants.json.
//
//   node scripts/generate-constants.mjs [--check] [--include DIR]...
//
// --check writes nothing, and fails when lib/constants.ts is not what the headers say.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// One line adds a family of constants.
const FAMILIES = [
  { pattern: /^MOSQ_ERR_/, title: 'What methods and callbacks return and are given as `rc`' },
  { pattern: /^MOSQ_LOG_/, title: 'Levels of on_log' },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'lib', 'constants.ts');
const texts_file = join(root, 'scripts', 'constants.json');

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    include: {
      type: 'string',
      multiple: true,
      // The second holds what the headers include but the client library does not need.
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
 * The text of a header and of all that it includes, without comments: some names stand in comments only.
 * @param {string} name
 * @param {Set<string>} seen
 * @returns {string}
 */
function read_headers(name, seen) {
  const file = options.include.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined || seen.has(file)) return '';
  seen.add(file);
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ');
  const included = [...text.matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map((match) => match[1] ?? '');
  return text + included.map((other) => read_headers(other, seen)).join('\n');
}

/**
 * The compiler is asked for the values: an enumeration counts by itself, and a macro is an expression.
 * @param {string[]} names
 * @returns {Map<string, number>}
 */
function evaluate(names) {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-constants-'));
  try {
    const source = join(folder, 'constants.c');
    const program = join(folder, 'constants');
    const lines = names.map((name) => `  printf("%lld\\n", (long long)${name});`);
    writeFileSync(
      source,
      ['#include <mosquitto.h>', '#include <stdio.h>', 'int main(void) {', ...lines, '}', ''].join('\n'),
    );
    const includes = options.include.flatMap((include) => ['-I', include]);
    execFileSync(process.env.CC ?? 'cc', [...includes, source, '-o', program], { stdio: 'inherit' });
    const values = execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map(Number);
    return new Map(names.map((name, index) => [name, values[index] ?? Number.NaN]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {string} */
function generate() {
  const identifiers = new Set(read_headers('mosquitto.h', new Set()).match(/\b[A-Z][A-Z0-9_]+\b/g));
  if (identifiers.size === 0) fail(`no mosquitto.h in ${options.include.join(', ')}`);
  const names = [...identifiers].filter((name) => FAMILIES.some(({ pattern }) => pattern.test(name)));

  /** @type {Record<string, string>} */
  const texts = JSON.parse(readFileSync(texts_file, 'utf8'));
  const untold = names.filter((name) => !(name in texts));
  if (untold.length > 0) fail(`${texts_file} has no text for ${untold.join(', ')}`);
  const stale = Object.keys(texts).filter((name) => !identifiers.has(name));
  if (stale.length > 0) fail(`${texts_file} has a text for ${stale.join(', ')}, which the headers do not have`);

  const values = evaluate(names);
  const lines = ['// Generated from the headers of libmosquitto by scripts/generate-constants.mjs: do not edit.'];
  for (const { pattern, title } of FAMILIES) {
    const family = names.filter((name) => pattern.test(name));
    family.sort((a, b) => (values.get(a) ?? 0) - (values.get(b) ?? 0));
    lines.push('', `// ${title}.`, '');
    for (const name of family) lines.push(`/** ${texts[name]} */`, `export const ${name} = ${values.get(name)};`);
  }
  return `${lines.join('\n')}\n`;
}

const text = generate();
if (!options.check) {
  writeFileSync(output, text);
} else if (!existsSync(output) || readFileSync(output, 'utf8') !== text) {
  fail('lib/constants.ts is not what the headers say: run node scripts/generate-constants.mjs');
}
