import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Sources and builds of libmosquitto. */
export const cache = process.env.LIBMOSQUITTO_CACHE ? fromUser(process.env.LIBMOSQUITTO_CACHE) : join(root, '.cache');

/** @param {string[]} parts */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/**
 * A path that the user gave. npm changes into the package's folder before it runs a script and
 * leaves the user's own in INIT_CWD, which is what a relative path means.
 * @param {string} path
 */
export function fromUser(path) {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
