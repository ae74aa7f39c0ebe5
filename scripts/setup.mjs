// npm run build: turns a fresh clone into a package that can be required. It installs, builds and compiles what is missing.
// It runs before `npm ci`, so it and its imports use only Node.
import { fileURLToPath } from 'node:url';
import { buildAddon } from './lib/addon.mjs';
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { prebuildIsReady } from './lib/prebuild.mjs';
import { compile } from './lib/tsc.mjs';
import { chosenVariant, ensureLibmosquitto, needsOf } from './libmosquitto/ensure.mjs';

/**
 * @param {string} purpose for the message when a package of the system is missing
 * @param {string[]} [projects] to compile besides the library: 'test', 'examples'
 * @param {import('./lib/apt.mjs').Need[]} [needs] of the purpose, besides those of the build
 * @param {'built' | 'any'} [addon] any: a binary in prebuilds/ will do, and then nothing is compiled but TypeScript
 */
export async function setup(purpose, projects = [], needs = [], addon = 'built') {
  const variant = chosenVariant();
  const builds = addon === 'built' || !prebuildIsReady();
  await ensurePackages([...(builds ? needsOf(variant) : []), ...needs], purpose);
  await ensureNodeModules();
  if (builds) {
    await ensureLibmosquitto(variant);
    await buildAddon(variant);
  }
  await compile(['.', ...projects]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(() => setup('the build'));
