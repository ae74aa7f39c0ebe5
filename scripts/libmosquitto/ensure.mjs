import { compilers, dpkgSource, openssl, pkgConfig, systemLibmosquitto } from '../lib/needs.mjs';
import { which } from '../lib/run.mjs';
import { buildStatic } from './build.mjs';
import { unpacked } from './debian.mjs';
import { findSystem } from './system.mjs';

/** @returns {import('./variants.mjs').Variant} what the user's switch asks for */
export function chosenVariant() {
  return process.env.LIBMOSQUITTO_SYSTEM === '1' ? 'system' : 'static';
}

/**
 * @param {import('./variants.mjs').Variant} variant
 * @returns {Promise<import('./config-file.mjs').Config>}
 */
export function ensureLibmosquitto(variant) {
  return variant === 'system' ? findSystem() : buildStatic(variant);
}

/**
 * What ensureLibmosquitto() will ask the system for, so that a script can ask for all at once.
 * @param {import('./variants.mjs').Variant} variant
 */
export function needsOf(variant) {
  if (variant === 'system') return [...compilers, pkgConfig, systemLibmosquitto];
  // Without apt there is no Debian source to unpack: what to do then is debianSource()'s to say.
  const unpacks = !process.env.LIBMOSQUITTO_SOURCE && !unpacked() && which('apt-get');
  return [...compilers, openssl, ...(unpacks ? [dpkgSource] : [])];
}
