// Reads config.json, which describes a libmosquitto that was built or found.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';

/**
 * Describes a libmosquitto that was built or found, and how to use it. It is written beside it as config.json.
 * @typedef {object} Config
 * @property {string} version exact, '2.1.2'
 * @property {import('./variants.mjs').Variant} variant
 * @property {'static' | 'system'} linkage
 * @property {string} source where it came from, in words
 * @property {string} checksum of the source files, as versions.json has it; '' for the system's library
 * @property {boolean} reviewed versions.json lists this version with this checksum
 * @property {string} key hash of all that decided the build
 * @property {string[]} include_dirs
 * @property {string[]} libraries
 * @property {string[]} link_flags
 * @property {string[]} compile_flags
 * @property {string[]} defines
 */

/** @param {import('./variants.mjs').Variant} variant */
export function variantFolder(variant) {
  return join(cache, 'libmosquitto', variant);
}

/**
 * @param {import('./variants.mjs').Variant} variant
 * @returns {Config | null}
 */
export function readConfig(variant) {
  const file = join(variantFolder(variant), 'config.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
