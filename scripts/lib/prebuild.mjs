// Tests whether a prebuilt addon can be used instead of a build.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { filesBelow } from './hash.mjs';
import { inRoot } from './paths.mjs';

/**
 * Whether prebuilds/ has a binary that the package would load here, and nothing requires another one. A binary that is
 * older than a source of the addon is not of this checkout.
 */
export function prebuildIsReady() {
  const { LIBMOSQUITTO_SYSTEM, LIBMOSQUITTO_SOURCE, LIBMOSQUITTO_OPENSSL } = process.env;
  if (LIBMOSQUITTO_SYSTEM === '1' || LIBMOSQUITTO_SOURCE || LIBMOSQUITTO_OPENSSL) return false;
  // The package prefers this file, and buildAddon() keeps it up to date.
  if (existsSync(inRoot('build', 'Release', 'libmosquitto.node'))) return false;
  const [binary] = filesBelow([inRoot('prebuilds', `${process.platform}-${process.arch}`)]).filter((file) =>
    file.endsWith('.node'),
  );
  if (binary === undefined) return false;
  const made = statSync(binary).mtimeMs;
  if (filesBelow([inRoot('native')]).some((file) => statSync(file).mtimeMs > made)) return false;
  // In a process of its own, because a loaded addon cannot be unloaded.
  const program = `process.dlopen({ exports: {} }, ${JSON.stringify(binary)})`;
  return spawnSync(process.execPath, ['-e', program], { stdio: 'ignore' }).status === 0;
}
