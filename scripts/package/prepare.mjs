// Makes all generated files of the package. `npm pack` and `npm publish` run this first.
import { copyFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { filesBelow } from '../lib/hash.mjs';
import { main, step, UserError } from '../lib/log.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { compile } from '../lib/tsc.mjs';
import { writeLicences } from './licences.mjs';
import { linkedIn, prebuilds } from './linked-in.mjs';
import { missingPlatforms } from './platforms.mjs';
import { writeSbom } from './sbom.mjs';

/** Removes the compiled files of deleted sources, which tsc does not remove. */
function removeStale() {
  const sources = new Set(filesBelow([inRoot('lib')]).map((file) => relative(inRoot('lib'), file)));
  for (const file of filesBelow([inRoot('dist')])) {
    const source = relative(inRoot('dist'), file).replace(/\.(d\.ts|js)$/, '.ts');
    if (source.endsWith('.ts') && !sources.has(source)) rmSync(file);
  }
}

/** A package without binaries installs without an error, and then works nowhere. */
function ensureBinaries() {
  const missing = missingPlatforms();
  if (missing.length === 0) return;
  const without = `there is no binary for ${missing.join(', ')}`;
  // The tests of the package need only the binary of this machine.
  if (process.env.LIBMOSQUITTO_PACK_INCOMPLETE === '1') step(`${without}: this package must not be published`);
  else throw new UserError(`${without} in prebuilds/, and the package must contain it. To make it: npm run prebuilds`);
}

await main(async () => {
  ensureBinaries();
  await ensureNodeModules();
  await compile(['.']);
  removeStale();
  // In the tarball it must not be at the top, because package managers take it there for an install script.
  copyFileSync(inRoot('binding.gyp'), inRoot('scripts', 'package', 'binding.gyp'));
  const components = await linkedIn();
  writeLicences(components);
  writeSbom(components);
  const binaries = prebuilds().map((file) => relative(root, file));
  step(`binaries in the package: ${binaries.join(', ') || 'none'}`);
  step(`linked in: ${components.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
});
