// What `npm pack` and `npm publish` run first: everything in the package that is made and not written.
import { readdirSync, rmSync } from 'node:fs';
import { basename, relative } from 'node:path';
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
  const sources = new Set(readdirSync(inRoot('lib')).map((name) => basename(name, '.ts')));
  for (const file of filesBelow([inRoot('dist')])) {
    const name = basename(file).replace(/\.(d\.ts|js)$/, '');
    if (!basename(file).startsWith('.') && !sources.has(name)) rmSync(file);
  }
}

await main(async () => {
  await ensureNodeModules();
  await compile(['.']);
  removeStale();
  const components = await linkedIn();
  writeLicences(components);
  writeSbom(components);
  const binaries = prebuilds().map((file) => relative(root, file));
  step(`binaries in the package: ${binaries.join(', ') || 'none (npm run prebuilds makes them)'}`);
  step(`linked in: ${components.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
});
