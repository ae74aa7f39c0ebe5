// Everything from a fresh clone to a package that can be required. Runs before `npm ci`, so it
// and what it imports use nothing but Node.
import { fileURLToPath } from 'node:url';
import { buildAddon } from './lib/addon.mjs';
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { compilers } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { compile } from './lib/tsc.mjs';
import { chosenVariant, ensureLibmosquitto } from './libmosquitto/ensure.mjs';

/**
 * @param {string[]} projects to compile besides the library: 'test', 'examples'
 */
export async function setup(projects) {
  const variant = chosenVariant();
  await ensurePackages(compilers, 'building the addon');
  await ensureNodeModules();
  await ensureLibmosquitto(variant);
  await buildAddon(variant);
  await compile(['.', ...projects]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(() => setup([]));
