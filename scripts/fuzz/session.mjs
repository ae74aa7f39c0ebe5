// Runs random sessions of a whole client (test/fuzz/session.ts) on the addon with AddressSanitizer. Each process ends after
// a few sessions, because the sanitizer searches for leaks when a process ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildWithCMake } from '../lib/addon.mjs';
import { ensurePackages } from '../lib/apt.mjs';
import { step, UserError } from '../lib/log.mjs';
import { cmake, libraryPath } from '../lib/needs.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { inRoot } from '../lib/paths.mjs';
import { compile } from '../lib/tsc.mjs';
import { needsOf } from '../libmosquitto/ensure.mjs';
import { addressSanitizer } from '../sanitizers/address.mjs';

const SESSIONS = 24;
/** A session takes a second. A hang is a process without output for this time, or one that does not end. */
const SILENCE_MS = 90_000;

/**
 * @param {number} seed of the first session
 * @param {number} minutes
 * @returns {Promise<number>} exit code
 */
export async function fuzzSessions(seed, minutes) {
  await ensurePackages([...needsOf('static'), cmake], 'fuzzing');
  await ensureNodeModules();
  const addon = await buildWithCMake('address');
  await compile(['.', 'test']);
  const preload = libraryPath(addressSanitizer.runtime);
  if (!preload) throw new UserError(`the compiler has no ${addressSanitizer.runtime}`);
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-fuzz-'));
  const deadline = Date.now() + minutes * 60_000;
  let next = seed;
  let failed = false;
  let played = 0;
  const worker = async () => {
    while (Date.now() < deadline && !failed) {
      const first = next;
      next += SESSIONS;
      const reports = join(folder, `${first}`);
      const failure = await play(first, SESSIONS, {
        LD_PRELOAD: preload,
        LIBMOSQUITTO_ADDON: addon,
        LIBMOSQUITTO_TEST_SLOW: '4',
        ...addressSanitizer.options(reports),
      });
      const found = readdirSync(folder).filter((name) => name.startsWith(`${first}.`));
      for (const name of found) console.error(readFileSync(join(folder, name), 'utf8'));
      if (failure === null && found.length === 0) {
        played += SESSIONS;
        continue;
      }
      failed = true;
      const what = failure ?? { why: 'a sanitizer reported something', last: first };
      step(`sessions ${first} to ${what.last}: ${what.why}`);
      step(`again: npm run fuzz -- --only session --seed ${failure === null ? first : what.last}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  step(`${played} sessions without a fault`);
  return failed ? 1 : 0;
}

/**
 * @param {number} first
 * @param {number} count
 * @param {Record<string, string>} env
 * @returns {Promise<{ why: string, last: number } | null>} null when nothing went wrong
 */
function play(first, count, env) {
  const script = inRoot('build', 'test', 'fuzz', 'session.js');
  const args = ['--expose-gc', '--enable-source-maps', script, String(first), String(count)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = first;
  let hangs = false;
  const bark = () => {
    hangs = true;
    // Reports of Node about a fatal signal, and of AddressSanitizer, name the place.
    child.kill('SIGABRT');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  };
  let watchdog = setTimeout(bark, SILENCE_MS);
  createInterface(child.stdout).on('line', (line) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(bark, SILENCE_MS);
    last = Number(/^session (\d+)$/.exec(line)?.[1] ?? last);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(watchdog);
      if (hangs) resolve({ why: `session ${last} hangs`, last });
      else if (code !== 0) resolve({ why: `session ${last} ended the process with ${signal ?? code}`, last });
      else resolve(null);
    });
  });
}
