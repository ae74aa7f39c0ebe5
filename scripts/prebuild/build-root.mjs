// Makes the system that the prebuilds are compiled in: Debian 11, for its glibc 2.31. A binary from Debian 12 requires
// 2.34 and loads on no Debian 11, no Ubuntu 20.04 and no RHEL 9.
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { hashOf } from '../lib/hash.mjs';
import { step, UserError } from '../lib/log.mjs';
import { debootstrap } from '../lib/needs.mjs';
import { cache } from '../lib/paths.mjs';
import { run, which } from '../lib/run.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { archiveKeyring, mirrors } from '../libmosquitto/debian-source.mjs';

const suite = 'bullseye';
// g++ 10 for both platforms, Perl to configure OpenSSL, Python for node-gyp.
const packages = ['gcc', 'g++', 'libc6-dev', 'make', 'perl', 'python3', 'g++-aarch64-linux-gnu'];

export const buildRoot = join(cache, 'prebuild', suite);
/** The build folder inside the root. It is the same on every machine, so that the products are the same too. */
export const workFolder = '/build';
/** A hash of everything that defines the root. */
export const buildRootKey = hashOf([], { suite, packages });

/** Libraries for the other platform, of the same release. */
export const arm64Libraries = join(buildRoot, 'usr', 'aarch64-linux-gnu');

export async function ensureBuildRoot() {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !which('apt-get')) {
    throw new UserError(
      'the prebuilds are made on Debian for x64, in a root of Debian 11 that debootstrap makes.\n' +
        'On another system `npm run build` builds the addon for that system alone.',
    );
  }
  await unlessUpToDate(join(buildRoot, 'etc', 'debian_version'), buildRootKey, async () => {
    mustBeRoot();
    if (/\s/.test(buildRoot)) {
      throw new UserError(
        `debootstrap cannot work in '${buildRoot}': LIBMOSQUITTO_CACHE names a folder without a space`,
      );
    }
    await ensurePackages([debootstrap], 'making the prebuilds');
    const { archives } = await mirrors();
    const keyring = archiveKeyring();
    step(`making a root of Debian ${suite}`);
    const partial = `${buildRoot}.${process.pid}`;
    try {
      await bootstrap(partial, ['--variant=minbase', '--arch=amd64', `--keyring=${keyring}`], archives);
      // The downloaded packages take a fifth of the whole.
      rmSync(join(partial, 'var', 'cache', 'apt', 'archives'), { recursive: true, force: true });
      mkdirSync(join(partial, workFolder));
      rmSync(buildRoot, { recursive: true, force: true });
      renameSync(partial, buildRoot);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
}

/**
 * @param {string} folder
 * @param {string[]} options
 * @param {string[]} archives
 */
async function bootstrap(folder, options, archives) {
  const args = [...options, `--include=${packages.join(',')}`, suite, folder];
  for (const [index, mirror] of archives.entries()) {
    rmSync(folder, { recursive: true, force: true });
    try {
      return await run('debootstrap', [...args, mirror], { stdout: false });
    } catch (error) {
      if (index === archives.length - 1) throw error;
    }
  }
}

function mustBeRoot() {
  if (process.getuid?.() === 0) return;
  throw new UserError('making the prebuilds needs root: debootstrap makes device files, and the build uses chroot');
}

/**
 * Runs a command inside, without this machine's environment. The command does not use the network.
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 * @param {string} [cwd]
 */
export async function runInside([program = '', ...args], env = {}, cwd = workFolder) {
  mustBeRoot();
  const fixed = {
    PATH: '/opt/node/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C',
    JOBS: String(availableParallelism()),
    // OpenSSL stores the time of its build.
    SOURCE_DATE_EPOCH: '0',
  };
  const settings = Object.entries({ ...fixed, ...env }).map(([name, value]) => `${name}=${value}`);
  const inside = ['/usr/bin/env', '-i', `--chdir=${cwd}`, ...settings, program, ...args];
  await run('chroot', [buildRoot, ...inside], { stdout: false });
}

/**
 * Copies files or folders into the root, and replaces those that are there.
 * @param {string} from
 * @param {string} to path inside
 * @param {(path: string) => boolean} [filter]
 */
export function copyInside(from, to, filter = () => true) {
  const target = join(buildRoot, to);
  rmSync(target, { recursive: true, force: true });
  cpSync(from, target, { recursive: true, verbatimSymlinks: true, filter });
}
