// Finds the lines of TypeScript that the tests reach, by c8, from the files that Node writes when a process exits. The tests
// run the JavaScript in dist/, which has no source maps. This module makes the maps in another folder, and adds them to
// Node's files as if Node had read them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesBelow } from '../lib/hash.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/** @typedef {import('./table.mjs').Lines} Lines */

const mapped = inRoot('build-coverage', 'dist');
const reports = inRoot('build-coverage', 'c8');

/** Compiles lib/ into build-coverage/dist, with source maps. */
export async function compileWithMaps() {
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--sourceMap', '--incremental', 'false', '--composite', 'false', '--declaration', 'false'];
  await run(process.execPath, [tsc, '--project', root, '--outDir', mapped, '--tsBuildInfoFile', 'null', ...options]);
}

/** The source maps, by the URL of the file in dist/. */
function sourceMaps() {
  /** @type {Record<string, unknown>} */
  const maps = {};
  for (const file of filesBelow([mapped]).filter((name) => name.endsWith('.js'))) {
    const data = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
    const name = relative(mapped, file);
    const sources = [pathToFileURL(inRoot('lib', name.replace(/\.js$/, '.ts'))).href];
    const path = inRoot('dist', name);
    const lineLengths = readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.length);
    maps[pathToFileURL(path).href] = { lineLengths, data: { ...data, sourceRoot: '', sources } };
  }
  return maps;
}

/** Some tests load a copy of dist/, which they have deleted since. Returns the URL in dist/. @param {string} url */
function originalOf(url) {
  const [, name] = /^file:.*\/dist\/(.*\.js)$/.exec(url) ?? [];
  return name === undefined ? url : pathToFileURL(inRoot('dist', name)).href;
}

/**
 * @param {string} folder where Node has written what ran
 * @returns {Promise<Map<string, Lines>>} by the names of the files from the root
 */
export async function scriptLines(folder) {
  const maps = sourceMaps();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const coverage = JSON.parse(readFileSync(path, 'utf8'));
    const result = coverage.result
      .map((/** @type {{ url: string }} */ script) => ({ ...script, url: originalOf(script.url) }))
      .filter((/** @type {{ url: string }} */ { url }) => url in maps);
    const used = result.map((/** @type {{ url: string }} */ { url }) => [url, maps[url]]);
    writeFileSync(path, JSON.stringify({ result, 'source-map-cache': Object.fromEntries(used) }));
  }
  const c8 = inRoot('node_modules', 'c8', 'bin', 'c8.js');
  const options = ['--temp-directory', folder, '--reports-dir', reports, '--reporter', 'json', '--merge-async'];
  await run(process.execPath, [c8, 'report', ...options, '--include', 'lib/**', '--exclude-after-remap']);
  return readReport();
}

/**
 * The lines of lib/ that JavaScript was made from: c8 takes comments and types for lines too.
 * @param {string} name of a file, from the root
 */
function codeLines(name) {
  const file = join(mapped, relative(inRoot('lib'), inRoot(name)).replace(/\.ts$/, '.js'));
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  /** @type {Set<number>} */
  const lines = new Set();
  for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (let column = 0; column < text.length; column++) {
      const entry = map.findEntry(index, column);
      if ('originalLine' in entry && entry.generatedLine === index) lines.add(entry.originalLine + 1);
    }
  }
  return lines;
}

function readReport() {
  /** @type {Record<string, { path: string, statementMap: Record<string, { start: { line: number } }>, s: Record<string, number> }>} */
  const report = JSON.parse(readFileSync(join(reports, 'coverage-final.json'), 'utf8'));
  return new Map(
    Object.values(report).map(({ path, statementMap, s }) => {
      const name = relative(root, path);
      const code = codeLines(name);
      const lines = Object.entries(statementMap)
        .map(([key, { start }]) => /** @type {const} */ ([start.line, s[key] ?? 0]))
        .filter(([line]) => code.has(line));
      return [name, new Map(lines)];
    }),
  );
}
