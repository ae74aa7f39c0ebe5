// Builds the harness for libFuzzer (test/fuzz/harness), linked with a libmosquitto that clang has compiled for it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { step } from '../lib/log.mjs';
import { fuzzTools } from '../lib/needs.mjs';
import { inRoot } from '../lib/paths.mjs';
import { mustOutput, run } from '../lib/run.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { readConfig } from '../libmosquitto/config-file.mjs';
import { needsOf } from '../libmosquitto/ensure.mjs';
import { compileFlags } from '../libmosquitto/variants.mjs';
import { wrapLinkFlags } from '../libmosquitto/wrap.mjs';

const compiler = 'clang-19';
const variant = 'static-fuzz';
/** The functions that the harness wraps besides those of the addon: harness/network.c. */
const ofTheSystem = ['read', 'recv', 'send', 'sendmsg', 'RAND_bytes'];

/** @returns {Promise<string>} path of the harness */
export async function buildHarness() {
  await ensurePackages([...needsOf(variant), ...fuzzTools], 'fuzzing');
  // In a process of its own, because the scripts choose the compiler when they are loaded.
  const config = inRoot('scripts', 'libmosquitto', 'config.mjs');
  mustOutput(process.execPath, [config, 'version', variant], { env: { CC: compiler } });
  const library = readConfig(variant);
  if (library === null) throw new Error('the build of libmosquitto left no library');

  const folder = inRoot('build-fuzz');
  const product = join(folder, 'harness');
  const files = filesBelow([inRoot('test', 'fuzz', 'harness')]);
  const flags = [
    ...['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsanitize=fuzzer', ...compileFlags[variant]],
    ...[...wrapLinkFlags(variant), ...ofTheSystem.map((name) => `-Wl,--wrap=${name}`)],
    ...library.include_dirs.map((path) => `-I${path}`),
  ];
  await unlessUpToDate(product, hashOf(files, { flags, key: library.key }), async () => {
    step('building the harness of libFuzzer');
    mkdirSync(folder, { recursive: true });
    const sources = files.filter((file) => file.endsWith('.c'));
    await run(compiler, [...flags, ...sources, ...library.libraries, '-o', product], { stdout: false });
  });
  return product;
}
