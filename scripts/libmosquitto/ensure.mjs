// Provides the libmosquitto that a build asks for: it builds it from source, or finds the system's.
import { UserError } from '../lib/log.mjs';
import { compilers, dpkgSource, pkgConfig, systemLibmosquitto } from '../lib/needs.mjs';
import { which } from '../lib/run.mjs';
import { buildStatic } from './build.mjs';
import { unpacked } from './debian.mjs';
import { opensslNeeds } from './openssl.mjs';
import { findSystem } from './system.mjs';

/** @returns {import('./variants.mjs').Variant} what the user's switch asks for */
export function chosenVariant() {
  if (process.env.LIBMOSQUITTO_SYSTEM === '1') return 'system';
  if (process.env.LIBMOSQUITTO_POSIX === '1') return 'static-posix';
  if (process.env.LIBMOSQUITTO_PLAIN === '1') return 'static-plain';
  return process.env.LIBMOSQUITTO_PORTABLE === '1' ? 'static-portable' : 'static';
}

/**
 * @param {import('./variants.mjs').Variant} variant
 * @returns {Promise<import('./config-file.mjs').Config>}
 */
export async function ensureLibmosquitto(variant) {
  if (process.platform === 'win32') {
    throw new UserError(
      "there is no build for Windows by its own tools: Microsoft's linker cannot come between libmosquitto and what it\n" +
        'calls. It works in WSL; and on Debian `npm run prebuilds -- win32-x64` makes a binary for Windows by MinGW-w64.',
    );
  }
  return variant === 'system' ? findSystem() : buildStatic(variant);
}

/**
 * Everything that ensureLibmosquitto() will ask the system for, so that a script can ask for all at once.
 * @param {import('./variants.mjs').Variant} variant
 */
export function needsOf(variant) {
  if (variant === 'system') return [...compilers, pkgConfig, systemLibmosquitto];
  // Without apt there is no source of Debian to unpack. debianSource() then fails with advice.
  const unpacks = !process.env.LIBMOSQUITTO_SOURCE && !unpacked() && which('apt-get');
  return [...compilers, ...opensslNeeds(), ...(unpacks ? [dpkgSource] : [])];
}
