// npm run check: runs every check of the repository's sources. npm run format (--fix) repairs the faults that a formatter
// can repair. All checks run, so that one run shows all faults.
import { readFileSync } from 'node:fs';
import { buildWithCMake } from './lib/addon.mjs';
import { filesBelow } from './lib/hash.mjs';
import { main, step } from './lib/log.mjs';
import { clangTools, cmake } from './lib/needs.mjs';
import { inParallel } from './lib/parallel.mjs';
import { inRoot } from './lib/paths.mjs';
import { status } from './lib/run.mjs';
import { ownFiles } from './libmosquitto/build.mjs';
import { setup } from './setup.mjs';

const fix = process.argv.includes('--fix');

/** @param {string[]} words a package's folder, its script, and arguments */
function nodeTool([name = '', script = '', ...args]) {
  return status(process.execPath, [inRoot('node_modules', name, script), ...args]);
}

function biome() {
  return nodeTool(['@biomejs/biome', 'bin/biome', 'check', '--error-on-warnings', ...(fix ? ['--write'] : [])]);
}

/** @param {string[]} args */
function tsc(...args) {
  return nodeTool(['typescript', 'bin/tsc', ...args]);
}

/** Checks which modules may import which others. */
function imports() {
  const folders = ['lib', 'bench', 'test', 'examples', 'scripts'];
  const config = ['--config', inRoot('.dependency-cruiser.json')];
  return nodeTool(['dependency-cruiser', 'bin/dependency-cruise.mjs', ...config, ...folders]);
}

function clangFormat() {
  const folders = ['native', 'bench/peer', 'bench/c-client', 'test/fuzz/harness'].map((folder) => inRoot(folder));
  const files = filesBelow(folders).filter((file) => /\.(cc|c|h)$/.test(file));
  return status('clang-format-19', [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...files]);
}

async function clangTidy() {
  await buildWithCMake('check', 'configure');
  /** @type {string[]} */
  const addon = JSON.parse(readFileSync(inRoot('native', 'sources.json'), 'utf8'));
  const c = await ownFiles();
  const runs = [
    ...c.files.map((file) => [file, '--', ...c.flags]),
    ...addon.map((file) => ['-p', inRoot('build-cmake'), inRoot(file)]),
  ];
  let failed = 0;
  await inParallel(runs, async (args) => {
    if ((await status('clang-tidy-19', ['--quiet', '--warnings-as-errors=*', ...args])) !== 0) failed++;
  });
  return failed;
}

/** @type {[string, () => number | Promise<number>][]} */
const gates = [
  ['biome', biome],
  ['clang-format', clangFormat],
  ...(fix
    ? []
    : /** @type {[string, () => number | Promise<number>][]} */ ([
        ['imports', imports],
        ['types of scripts', () => tsc('--project', 'scripts')],
        ['types of the public API, as a bundler sees them', () => tsc('--project', 'test/types')],
        ['prose', () => status(process.execPath, [inRoot('scripts', 'prose.mjs')])],
        ['constants', () => status(process.execPath, [inRoot('scripts', 'generate-constants.mjs'), '--check'])],
        ['event records', () => status(process.execPath, [inRoot('scripts', 'generate-events.mjs'), '--check'])],
        [
          'names of arguments',
          () => status(process.execPath, [inRoot('scripts', 'generate-argument-names.mjs'), '--check']),
        ],
        [
          "docs/c-api.md, from the library's headers",
          () => status(process.execPath, [inRoot('scripts', 'c-api.mjs'), '--check']),
        ],
        ['clang-tidy', clangTidy],
      ])),
];

await main(async () => {
  // Compiles lib, test and examples with the strict settings of their builds.
  await setup('checking', ['test', 'examples'], [cmake, ...clangTools]);
  const failed = [];
  for (const [name, gate] of gates) {
    step(`check: ${name}`);
    if ((await gate()) !== 0) failed.push(name);
  }
  if (failed.length > 0) step(`failed: ${failed.join(', ')}`);
  return failed.length > 0 ? 1 : 0;
});
