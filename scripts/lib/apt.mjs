// Installs missing programs and libraries of the system by apt-get, or tells the user the command.
import { existsSync, readdirSync } from 'node:fs';
import { step, UserError } from './log.mjs';
import { status, which } from './run.mjs';

/**
 * A program or library of the system that the build or the tests need.
 * @typedef {object} Need
 * @property {string} name Debian's package
 * @property {string} what in words, for users of other systems than Debian
 * @property {() => boolean} present
 */

const noninteractive = { DEBIAN_FRONTEND: 'noninteractive' };
// Another package manager may run, such as unattended-upgrades on a fresh machine.
const waitForLock = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * Installs missing packages, or prints the command to type. It returns at once when none is missing.
 * @param {Need[]} needs
 * @param {string} purpose for the message
 */
export async function ensurePackages(needs, purpose) {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return;
  const names = missing.map((need) => need.name);

  if (!which('apt-get')) {
    const list = missing.map((need) => `  - ${need.what} (Debian's package ${need.name})`).join('\n');
    throw new UserError(`${purpose} needs the following, which this machine lacks:\n${list}`);
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `${purpose} needs packages that are not installed. Type this, then try again:\n\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}\n`,
    );
  }

  step(`installing ${names.join(', ')}`);
  if (!haveLists()) await update();
  if (!(await install(names))) {
    // Old lists of packages name versions that the mirror no longer has.
    await update();
    if (!(await install(names))) {
      throw new UserError(`apt-get could not install ${names.join(' ')}, which ${purpose} needs (see above)`);
    }
  }
  const still = missing.filter((need) => !need.present());
  if (still.length > 0) {
    throw new UserError(
      `${still.map((need) => need.what).join(', ')} not found, though the package is installed (${purpose})`,
    );
  }
}

function haveLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => /_Packages(\.\w+)?$/.test(name));
}

export async function update() {
  // Ignores a failure: a third-party source that cannot be reached need not matter. install() fails if a package is missing.
  await status('apt-get', [...waitForLock, 'update', '-q'], { env: noninteractive, stdout: false });
}

/** @param {string[]} names */
async function install(names) {
  const args = [...waitForLock, 'install', '-y', '-q', '--no-install-recommends', ...names];
  return (await status('apt-get', args, { env: noninteractive, stdout: false })) === 0;
}
