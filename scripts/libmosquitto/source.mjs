// Finds the source tree of libmosquitto to build.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { step, UserError } from '../lib/log.mjs';
import { cache, fromUser } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { debianSource } from './debian.mjs';
import { checksumOf } from './reviewed.mjs';
import { compareVersions, oldest } from './version.mjs';

/**
 * @typedef {object} Source
 * @property {string} folder
 * @property {string} version exact, from the source itself: mosquitto_lib_version() says 2.1.0 for every 2.1.x
 * @property {string} source where it came from, in words
 * @property {string} checksum of the files that the library is made of
 */

/**
 * The source tree to build: the user's ($LIBMOSQUITTO_SOURCE), or Debian's.
 * @returns {Promise<Source>}
 */
export async function findSource() {
  const given = process.env.LIBMOSQUITTO_SOURCE;
  const { folder, source } = given ? await givenSource(fromUser(given)) : await debianSource();
  const version = versionIn(folder);
  if (compareVersions(version, oldest.static) < 0) {
    throw new UserError(`${folder} is mosquitto ${version}; ${oldest.static} or newer is needed`);
  }
  return { folder, version, source, checksum: checksumOf(folder, sourceFiles(folder)) };
}

/** @param {string} path */
async function givenSource(path) {
  if (!existsSync(path)) throw new UserError(`LIBMOSQUITTO_SOURCE: there is no ${path}`);
  if (statSync(path).isDirectory()) return { folder: path, source: `folder ${path}` };

  const folder = join(cache, 'sources', `given-${hashOf([path], 'tarball').slice(0, 16)}`);
  if (!existsSync(folder)) {
    step(`unpacking ${path}`);
    const partial = `${folder}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    try {
      await run('tar', ['-xf', path, '-C', partial], { stdout: false });
      renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return { folder: topFolder(folder), source: `tarball ${basename(path)}` };
}

/**
 * A release tarball contains one folder, named after the release.
 * @param {string} folder
 */
function topFolder(folder) {
  const [only, ...others] = readdirSync(folder);
  return only && others.length === 0 ? join(folder, only) : folder;
}

/** @param {string} folder */
function versionIn(folder) {
  const file = join(folder, 'config.mk');
  const version = existsSync(file) && /^VERSION=(\d[\w.]*)/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (!version || !existsSync(join(folder, 'lib', 'connect.c'))) {
    throw new UserError(`${folder} is not a source tree of mosquitto: config.mk or lib/connect.c is missing`);
  }
  return version;
}

/**
 * The files of the tree that the library is made of.
 * @param {string} folder
 */
export function sourceFiles(folder) {
  const parts = ['config.h', 'include', 'lib', 'libcommon', 'common', 'deps'];
  return filesBelow(parts.map((part) => join(folder, part))).filter((file) => /\.[ch]$/.test(file));
}
