// Runs tests under a sanitizer, and fails when the sanitizer reports anything.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWithCMake } from '../lib/addon.mjs';
import { ensurePackages } from '../lib/apt.mjs';
import { step, UserError } from '../lib/log.mjs';
import { broker, cmake, libraryPath, peers } from '../lib/needs.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { runTests } from '../lib/tests.mjs';
import { compile } from '../lib/tsc.mjs';
import { needsOf } from '../libmosquitto/ensure.mjs';

/**
 * @typedef {object} Sanitizer
 * @property {'address' | 'thread'} kind
 * @property {string} runtime the library to preload, since Node itself is not built with it
 * @property {(reports: string) => Record<string, string>} options environment; reports: prefix of the report files
 * @property {(text: string) => string[]} reports those of a report file that count
 */

/**
 * Runs tests on an addon and a libmosquitto that are built for the sanitizer. A report of any process fails the run,
 * even of a process that a test started without a check of its exit code.
 * @param {Sanitizer} sanitizer
 * @param {() => string[]} select
 */
export async function runSanitized({ kind, runtime, options, reports }, select) {
  await ensurePackages([...needsOf('static'), cmake, broker, ...peers], 'running the tests');
  await ensureNodeModules();
  const addon = await buildWithCMake(kind);
  await compile(['.', 'test', 'examples']);

  const preload = libraryPath(runtime);
  if (!preload) throw new UserError(`the compiler has no ${runtime}: the ${kind} sanitizer comes with gcc on Linux`);
  const folder = mkdtempSync(join(tmpdir(), `libmosquitto-${kind}-`));
  try {
    const code = await runTests(select(), {
      LD_PRELOAD: preload,
      LIBMOSQUITTO_ADDON: addon,
      LIBMOSQUITTO_TEST_SLOW: '4',
      ...options(join(folder, 'report')),
    });
    const found = reportFiles(folder).flatMap((file) => reports(readFileSync(file, 'utf8')));
    for (const report of found.slice(0, 20)) console.error(`===== report\n${report}`);
    step(`${kind} sanitizer: ${found.length} reports`);
    return found.length > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Report files have the name of the program. Reports of programs other than Node, which a test started with the
 * sanitizer still preloaded, are not about us.
 * @param {string} folder
 */
function reportFiles(folder) {
  return readdirSync(folder)
    .filter((name) => /^report\.node\b/.test(name))
    .map((name) => join(folder, name));
}
