// Finds the libmosquitto of the operating system.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { hashOf } from '../lib/hash.mjs';
import { UserError } from '../lib/log.mjs';
import { compilers, pkgConfig, systemLibmosquitto } from '../lib/needs.mjs';
import { inRoot } from '../lib/paths.mjs';
import { mustOutput } from '../lib/run.mjs';
import { variantFolder } from './config-file.mjs';
import { isReviewed } from './reviewed.mjs';
import { addonDefines, compileFlags, linkFlags } from './variants.mjs';
import { compareVersions, oldest } from './version.mjs';

/**
 * The system's libmosquitto, as pkg-config describes it.
 * @returns {Promise<import('./config-file.mjs').Config>}
 */
export async function findSystem() {
  const purpose = "linking the system's libmosquitto (LIBMOSQUITTO_SYSTEM=1)";
  await ensurePackages([...compilers, pkgConfig, systemLibmosquitto], purpose);
  const version = ask('--modversion')[0] ?? '0';
  if (compareVersions(version, oldest.system) < 0) {
    throw new UserError(`the system's libmosquitto is ${version}; ${oldest.system} or newer is needed`);
  }

  const includes = ask('--cflags-only-I').map((flag) => flag.slice(2));
  const library = { version, linkage: /** @type {const} */ ('system'), checksum: '' };
  const reviewed = isReviewed(library);
  const described = {
    ...library,
    variant: /** @type {const} */ ('system'),
    source: 'pkg-config',
    reviewed,
    include_dirs: [...includes, inRoot('native', 'libmosquitto')],
    libraries: ask('--libs'),
    link_flags: linkFlags('system'),
    compile_flags: [...compileFlags.system, ...ask('--cflags-only-other')],
    defines: addonDefines('system', reviewed),
  };
  const config = { ...described, key: hashOf([], described) };
  mkdirSync(variantFolder('system'), { recursive: true });
  writeFileSync(join(variantFolder('system'), 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  return config;
}

/** @param {string} question */
function ask(question) {
  const answer = mustOutput('pkg-config', [question, 'libmosquitto']);
  return answer.split(/\s+/).filter((word) => word !== '');
}
