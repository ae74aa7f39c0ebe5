// The package's install script. It does nothing where a binary of the package can be loaded, which is what users get
// who do not allow install scripts, too. Elsewhere it builds the addon from source.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { main, step } from '../lib/log.mjs';
import { inRoot } from '../lib/paths.mjs';
import { buildFromSource } from './build-from-source.mjs';

// The source repository, where `npm run build` builds: here npm runs this script whenever it installs our dependencies.
const isRepository = existsSync(inRoot('scripts', 'setup.mjs'));

/** Why the user wants a build of their own although there may be a binary, or null. */
function wanted() {
  if (process.env.LIBMOSQUITTO_SYSTEM === '1') return 'LIBMOSQUITTO_SYSTEM=1';
  const path = ['LIBMOSQUITTO_SOURCE', 'LIBMOSQUITTO_OPENSSL'].find((name) => process.env[name]);
  if (path) return path;
  const named = process.env.npm_config_build_from_source;
  return named === 'true' || named?.split(',').includes('libmosquitto') ? '--build-from-source' : null;
}

/** In a process of its own: what has been loaded cannot be unloaded. */
function loads() {
  const { LIBMOSQUITTO_ADDON: _chosen, ...env } = process.env;
  const program = `require(${JSON.stringify(inRoot())})`;
  return spawnSync(process.execPath, ['-e', program], { env, stdio: 'ignore' }).status === 0;
}

await main(async () => {
  if (isRepository) return;
  const reason = wanted();
  if (reason === null && loads()) return;
  step(reason === null ? 'no binary of this package can be loaded here' : `${reason} asks for a build`);
  await buildFromSource();
});
