// node nodes.mjs MAJOR: prints the path of a Node of that major version, which it installs from npm into .cache.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../lib/log.mjs';
import { cache } from '../lib/paths.mjs';
import { fromNpm } from './from-npm.mjs';

/** The versions of Node that the package supports. */
export const nodeLines = ['20', '22', '24', '26'];

/**
 * @param {string} major
 * @returns {Promise<string>}
 */
export function ensureNode(major) {
  const name = `node-linux-${process.arch}`;
  return fromNpm(join(cache, 'nodes', major), [`${name}@${major}`], join(name, 'bin', 'node'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(await ensureNode(process.argv[2] ?? '')));
}
