// node peers.mjs NAME: prints the path of a package manager, runtime or bundler for the tests of the package. It installs
// the program into .cache.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, UserError } from '../lib/log.mjs';
import { cache } from '../lib/paths.mjs';
import { fromNpm } from './from-npm.mjs';

const x64 = process.arch === 'x64';
const rollupPlugins = ['@rollup/plugin-commonjs@29.0.3', '@rollup/plugin-node-resolve@16.0.3'];

/**
 * A package of the registry in an exact version, the needed file of it, and other packages that belong to it.
 * @type {Record<string, [name: string, version: string, file: string, ...others: string[]]>}
 */
export const peers = {
  npm10: ['npm', '10.9.4', 'bin/npm-cli.js'],
  npm11: ['npm', '11.21.2', 'bin/npm-cli.js'],
  npm12: ['npm', '12.2.2', 'bin/npm-cli.js'],
  pnpm: [`@pnpm/exe.linux-${process.arch}`, '12.21.0', 'pnpm'],
  yarn: ['@yarnpkg/cli-dist', '4.18.1', 'bin/yarn.js'],
  bun: [x64 ? '@oven/bun-linux-x64' : '@oven/bun-linux-aarch64', '1.4.5', 'bin/bun'],
  deno: [`@deno/linux-${process.arch}-glibc`, '2.9.6', 'deno'],
  webpack: ['webpack', '5.113.0', 'lib/index.js'],
  rollup: ['rollup', '4.68.8', 'dist/rollup.js', ...rollupPlugins],
};

/**
 * @param {string} peer
 * @returns {Promise<string>}
 */
export function ensurePeer(peer) {
  const known = peers[peer];
  if (known === undefined) throw new UserError(`peers.mjs: '${peer}' is none of ${Object.keys(peers).join(', ')}`);
  const [name, version, file, ...others] = known;
  const folder = join(cache, 'peers', `${peer}-${version}`);
  return fromNpm(folder, [`${name}@${version}`, ...others], join(name, file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(await ensurePeer(process.argv[2] ?? '')));
}
