// Paths of this checkout, and paths that the user has given.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The folder for sources and builds of libmosquitto. */
export const cache = process.env.LIBMOSQUITTO_CACHE ? fromUser(process.env.LIBMOSQUITTO_CACHE) : join(root, '.cache');

/** @param {string[]} parts */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/**
 * Resolves a path that the user gave. npm changes into the package's folder before it runs a script, and stores the
 * user's own folder in INIT_CWD. A relative path is relative to that one.
 * @param {string} path
 */
export function fromUser(path) {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
