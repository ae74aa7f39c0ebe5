// Finds the static OpenSSL that is linked into the addon.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/log.mjs';
import { libraryPath, openssl } from '../lib/needs.mjs';
import { fromUser } from '../lib/paths.mjs';

/**
 * The OpenSSL that goes into the addon.
 * @typedef {object} Openssl
 * @property {string[]} include_dirs none where the compiler finds the headers by itself
 * @property {string[]} libraries paths of the static libraries, in the order of linking
 */

const names = ['libssl.a', 'libcrypto.a'];

/** The package that provides it; none where the user has given an OpenSSL. */
export function opensslNeeds() {
  return process.env.LIBMOSQUITTO_OPENSSL ? [] : [openssl];
}

/**
 * The user's ($LIBMOSQUITTO_OPENSSL, a folder with include/openssl and lib/libssl.a), or the compiler's own.
 * @returns {Openssl}
 */
export function findOpenssl() {
  const given = process.env.LIBMOSQUITTO_OPENSSL;
  if (!given) return { include_dirs: [], libraries: names.map(ofCompiler) };

  const folder = fromUser(given);
  const include = join(folder, 'include');
  const libraries = names.map((name) => join(folder, 'lib', name));
  for (const path of [join(include, 'openssl', 'ssl.h'), ...libraries]) {
    if (!existsSync(path)) throw new UserError(`LIBMOSQUITTO_OPENSSL: there is no ${path}`);
  }
  return { include_dirs: [include], libraries };
}

/** @param {string} name */
function ofCompiler(name) {
  const path = libraryPath(name);
  if (!path) throw new UserError(`the compiler finds no ${name}`);
  return path;
}
