// Runs libFuzzer on the functions that read network input: those of libmosquitto, and those of native/libmosquitto.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { symbolizer } from '../lib/needs.mjs';
import { inRoot } from '../lib/paths.mjs';
import { run, status } from '../lib/run.mjs';
import { compile } from '../lib/tsc.mjs';
import { buildHarness } from './build.mjs';

export const libraryKinds = /** @type {const} */ (['tcp', 'websocket', 'socks']);
/** @typedef {typeof libraryKinds[number]} LibraryKind */

// Limits of time in seconds and of memory. An input takes milliseconds. libmosquitto allocates the announced size of a
// packet, 256 MB at most. The client refuses such a packet before any of the memory is touched, so it does not count as
// resident.
const LIMITS = ['-timeout=20', '-rss_limit_mb=1024', '-malloc_limit_mb=300', '-max_len=65536'];

/** Builds the programs that every kind needs. Returns the harness's file. */
export async function prepareLibrary() {
  const harness = await buildHarness();
  await compile(['.', 'test']);
  return harness;
}

/**
 * @param {string} harness
 * @param {LibraryKind} kind
 * @param {number} seed
 * @param {number} minutes
 * @returns {Promise<number>} exit code
 */
export async function fuzzLibrary(harness, kind, seed, minutes) {
  const folder = inRoot('build-fuzz', kind);
  const corpus = join(folder, 'corpus');
  // Each run begins with the seeds alone: with an old corpus the same seed would find other inputs.
  for (const part of ['corpus', 'seeds', 'found']) {
    rmSync(join(folder, part), { recursive: true, force: true });
    mkdirSync(join(folder, part), { recursive: true });
  }
  await run(process.execPath, [inRoot('build', 'test', 'fuzz', 'seeds.js'), folder, kind]);
  const options = [
    `-seed=${seed}`,
    `-max_total_time=${Math.ceil(minutes * 60)}`,
    `-dict=${join(folder, 'dictionary')}`,
    `-artifact_prefix=${join(folder, 'found')}/`,
    ...['-print_final_stats=1', '-verbosity=0', '-close_fd_mask=0', '-reload=0', ...LIMITS],
  ];
  const code = await status(harness, [...options, corpus, join(folder, 'seeds')], {
    env: {
      LIBMOSQUITTO_FUZZ: kind,
      ASAN_OPTIONS: 'detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1',
      UBSAN_OPTIONS: 'print_stacktrace=1',
      ASAN_SYMBOLIZER_PATH: symbolizer,
    },
  });
  const found = readdirSync(join(folder, 'found'));
  for (const name of found) console.error(`input: ${join(folder, 'found', name)}`);
  return code;
}
