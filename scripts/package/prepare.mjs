// What `npm pack` and `npm publish` run first: everything in the package that is made and not written.
import { copyFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { filesBelow } from '../lib/hash.mjs';
import { main, step } from '../lib/log.mjs';
import { ensureNodeModules } from '../lib/npm.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { compile } from '../lib/tsc.mjs';
import { writeLicences } from './licences.mjs';
import { linkedIn, prebuilds } from './linked-in.mjs';
import { writeSbom } from './sbom.mjs';

/** tsc leaves what it once made of a source that has gone. */
function removeStale() {
  const sources = new Set(filesBelow([inRoot('lib')]).map((file) => relative(inRoot('lib'), file)));
  for (const file of filesBelow([inRoot('dist')])) {
    const source = relative(inRoot('dist'), file).replace(/\.(d\.ts|js)$/, '.ts');
    if (source.endsWith('.ts') && !sources.has(source)) rmSync(file);
  }
}

await main(async () => {
  await ensureNodeModules();
  await compile(['.']);
  removeStale();
  // In the tarball it must not be at the top: package managers take it there for an install script.
  copyFileSync(inRoot('binding.gyp'), inRoot('scripts', 'package', 'binding.gyp'));
  const components = await linkedIn();
  writeLicences(components);
  writeSbom(components);
  const binaries = prebuilds().map((file) => relative(root, file));
  step(`binaries in the package: ${binaries.join(', ') || 'none (npm run prebuilds makes them)'}`);
  step(`linked in: ${components.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
});
