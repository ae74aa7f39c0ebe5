// Lists and hashes files, to find out whether the inputs of a build have changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns every file below the given files and folders, sorted, so that a hash over them is stable.
 * @param {string[]} paths missing ones are left out
 * @returns {string[]}
 */
export function filesBelow(paths) {
  return paths
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      if (!statSync(path).isDirectory()) return [path];
      return filesBelow(readdirSync(path).map((name) => join(path, name)));
    })
    .sort();
}

/**
 * @param {string[]} files hashed by name and content
 * @param {unknown} rest anything else that decides the result
 */
export function hashOf(files, rest) {
  const hash = createHash('sha256').update(JSON.stringify(rest));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}
