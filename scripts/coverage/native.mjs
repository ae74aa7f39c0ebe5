// Finds the lines of C++ and C that the tests reach, by gcov, which g++ contains. Each object file has notes about its lines
// beside it. A process adds its counts to a file beside the notes when it exits. A process that is killed adds none.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { filesBelow } from '../lib/hash.mjs';
import { UserError } from '../lib/log.mjs';
import { inRoot, root } from '../lib/paths.mjs';

/** @typedef {import('./table.mjs').Lines} Lines */
/** @typedef {{ file: string, lines: { line_number: number, count: number }[] }} GcovFile */

/** @param {string} folder @param {string} suffix */
function below(folder, suffix) {
  return filesBelow([folder]).filter((file) => file.endsWith(suffix));
}

/** Deletes the counts of earlier runs. @param {string} folder of the build */
export function resetNative(folder) {
  for (const file of below(folder, '.gcda')) rmSync(file);
}

/**
 * The counts of our own files in native/, by their paths from the root. The counts of a header or template are the sums over
 * all files that include it.
 * @param {string} folder of the build
 */
export function nativeLines(folder) {
  /** @type {Map<string, Lines>} */
  const found = new Map();
  for (const notes of below(folder, '.gcno')) {
    const { stdout, status, stderr } = spawnSync('gcov', ['--json-format', '--stdout', notes], {
      encoding: 'utf8',
      maxBuffer: 1024 * 1024 * 1024,
    });
    if (status !== 0) throw new UserError(`gcov ${notes}: ${stderr}`);
    for (const text of stdout.split('\n').filter((line) => line !== '')) {
      const { current_working_directory: directory, files } = JSON.parse(text);
      for (const { file, lines } of /** @type {GcovFile[]} */ (files)) {
        const path = resolve(directory, file);
        if (path.startsWith(inRoot('native', '/'))) add(found, relative(root, path), lines);
      }
    }
  }
  return found;
}

/**
 * @param {Map<string, Lines>} found
 * @param {string} name
 * @param {GcovFile['lines']} lines
 */
function add(found, name, lines) {
  /** @type {Lines} */
  const counts = found.get(name) ?? new Map();
  for (const { line_number, count } of lines) counts.set(line_number, (counts.get(line_number) ?? 0) + count);
  found.set(name, counts);
}
