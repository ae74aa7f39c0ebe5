// Debian's source package of libmosquitto 2.1, from whichever suite the machine's own mirror has
// it in. apt checks the suite's signature and the hashes of what it downloads; nothing here turns
// that off. Its lists and downloads stay below .cache, so the machine's own apt is not touched.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, update } from '../lib/apt.mjs';
import { step, UserError } from '../lib/log.mjs';
import { dpkgSource } from '../lib/needs.mjs';
import { cache } from '../lib/paths.mjs';
import { mustOutput, output, run, status, which } from '../lib/run.mjs';
import { compareVersions, isBuiltInLine } from './version.mjs';

const sources = join(cache, 'sources');
// One for each process: two builds may start at once in a fresh clone.
const work = join(cache, `apt.${process.pid}`);
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];

// By role, not by code name, so that the next release of Debian needs no change. The newest first:
// each suite costs a download of its list of sources.
const suites = ['unstable', 'testing', 'stable-backports', 'stable', 'oldstable-backports', 'experimental'];

/**
 * Folder of the unpacked source.
 * @returns {Promise<{ folder: string, source: string }>}
 */
export async function debianSource() {
  const kept = unpacked();
  if (kept) return kept;
  if (!which('apt-get'))
    throw new UserError(`this machine has no apt-get to obtain libmosquitto's source with\n${advice}`);
  await ensurePackages([dpkgSource], "unpacking Debian's source of libmosquitto");

  try {
    const found = (await inOwnLists()) ?? (await inSuites());
    if (found) return await unpack(found);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  throw new UserError(`no suite of this machine's Debian mirror has a source package of mosquitto 2.1\n${advice}`);
}

const advice = `
Either of these works without it:
  - LIBMOSQUITTO_SOURCE=<folder or .tar.gz>  builds Mosquitto 2.1 from a source tree or release tarball of yours
  - LIBMOSQUITTO_SYSTEM=1                    links the system's libmosquitto (2.0.11 or newer, found by pkg-config);
                                             on Debian: apt-get install libmosquitto-dev pkg-config
`;

/** The newest source that an earlier run unpacked, so that only the first one needs the mirror. */
export function unpacked() {
  if (!existsSync(sources)) return null;
  const names = readdirSync(sources).filter((name) => /^mosquitto_\d[^/]*$/.test(name));
  const newest = names.sort((a, b) => compareVersions(versionOf(a), versionOf(b))).at(-1);
  return newest ? { folder: join(sources, newest), source: described(versionOf(newest)) } : null;
}

/** @param {string} name */
function versionOf(name) {
  return name.slice('mosquitto_'.length);
}

/** @param {string} version */
function described(version) {
  return `Debian source package mosquitto ${version}`;
}

/**
 * @typedef {object} Found
 * @property {string} version Debian's
 * @property {string[]} options of apt
 * @property {string} suite
 */

/** @returns {Promise<Found | null>} */
async function inOwnLists() {
  const version = newestKnown([]);
  return version ? { version, options: [], suite: "the machine's own sources" } : null;
}

/** @returns {Promise<Found | null>} */
async function inSuites() {
  const keyring = keyrings.find((path) => existsSync(path));
  if (!keyring) {
    throw new UserError(`no keyring of Debian's archive here; type: apt-get install debian-archive-keyring\n${advice}`);
  }
  for (const mirror of await mirrors()) {
    for (const suite of suites) {
      step(`looking for libmosquitto 2.1 in Debian's ${suite}`);
      const options = privateApt(`deb-src [signed-by=${keyring}] ${mirror} ${suite} main`);
      // A suite that the mirror does not have fails here, and so does one whose signature is wrong.
      const updated = await status('apt-get', [...options, 'update', '-q'], { stdout: false });
      const version = updated === 0 ? newestKnown(options) : null;
      if (version) return { version, options, suite };
    }
  }
  return null;
}

/**
 * @param {string} line of sources.list
 * @returns {string[]}
 */
function privateApt(line) {
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  const list = join(work, 'sources.list');
  writeFileSync(list, `${line}\n`);
  const settings = [
    `Dir::Etc::SourceList=${list}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'APT::Update::Error-Mode=any',
    // apt's own unprivileged user cannot write below a folder that only root may enter.
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

/** The URIs that this machine gets Debian itself from. */
async function mirrors() {
  if (!list('Debian').length && process.getuid?.() === 0) await update();
  // Without lists apt does not know a mirror's origin: then each of them is tried.
  const known = list('Debian').length ? list('Debian') : list('');
  if (!known.length) throw new UserError(`apt knows no mirror on this machine\n${advice}`);
  return known;

  /** @param {string} origin */
  function list(origin) {
    const lines =
      output('apt-get', ['indextargets', '--format', '$(ORIGIN) $(REPO_URI)', 'Created-By: Packages']) ?? '';
    const uris = lines
      .split('\n')
      .filter((entry) => entry.startsWith(`${origin} `))
      .map((entry) => entry.slice(origin.length + 1).trim())
      .filter((uri) => uri && !/-security\/?$/.test(uri));
    return [...new Set(uris)];
  }
}

/** @param {string[]} options */
function newestKnown(options) {
  const stanzas = output('apt-cache', [...options, 'showsrc', '--only-source', 'mosquitto']) ?? '';
  const versions = [...stanzas.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1] ?? '');
  return versions.filter(isBuiltInLine).sort(compareVersions).at(-1) ?? null;
}

/** @param {Found} found */
async function unpack({ version, options, suite }) {
  step(`downloading the source of mosquitto ${version} from ${suite}`);
  const download = join(work, 'download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  const args = [...options, 'source', '-q', '--download-only', '--only-source', `mosquitto=${version}`];
  await run('apt-get', args, { cwd: download, stdout: false });
  const description = readdirSync(download).find((name) => name.endsWith('.dsc'));
  if (!description) throw new UserError(`apt-get source left no .dsc file in ${download}`);

  mustOutput('dpkg-source', ['--no-copy', '-x', description, 'tree'], { cwd: download });
  mkdirSync(sources, { recursive: true });
  const folder = join(sources, `mosquitto_${version.replace(':', '%')}`);
  if (!existsSync(folder)) renameSync(join(download, 'tree'), folder);
  return { folder, source: described(version) };
}
