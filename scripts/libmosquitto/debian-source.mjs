// Downloads and unpacks source packages of Debian, from the first suite of the machine's own mirror that has them. apt checks
// the signature of the suite and the hashes of its downloads; nothing here disables that. The lists and downloads are below
// .cache, so the machine's own apt is not changed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, update } from '../lib/apt.mjs';
import { step, UserError } from '../lib/log.mjs';
import { dpkgSource } from '../lib/needs.mjs';
import { cache } from '../lib/paths.mjs';
import { mustOutput, output, status, which } from '../lib/run.mjs';
import { compareVersions } from './version.mjs';

/**
 * @typedef {object} Wanted
 * @property {string} name of the source package
 * @property {string} line in words: '2.1'
 * @property {(version: string) => boolean} accepts a version of Debian's
 * @property {string[][]} suites searched one group after the other; the newest version of a group is taken
 * @property {string} [advice] what else the user can do
 */

const sources = join(cache, 'sources');
// One for each process: two builds may start at once in a fresh clone.
const work = join(cache, `apt.${process.pid}`);
const keyrings = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];

/**
 * Folder of the unpacked source.
 * @param {Wanted} wanted
 * @returns {Promise<Unpacked>}
 */
export async function debianSource(wanted) {
  const kept = unpacked(wanted);
  if (kept) return kept;
  const { name, line, advice = '' } = wanted;
  if (!which('apt-get')) throw new UserError(`this machine has no apt-get to obtain ${name}'s source with\n${advice}`);
  await ensurePackages([dpkgSource], `unpacking Debian's source of ${name}`);

  try {
    const found = (await inOwnLists(wanted)) ?? (await inSuites(wanted, newestOffered));
    if (found) return found;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  throw new UserError(`no suite of this machine's Debian mirror has a source package of ${name} ${line}\n${advice}`);
}

/**
 * The newest source that an earlier run unpacked, so that only the first one needs the mirror.
 * @param {Pick<Wanted, 'name' | 'accepts'>} wanted
 * @returns {Unpacked | null}
 */
export function unpacked({ name, accepts }) {
  if (!existsSync(sources)) return null;
  const versions = readdirSync(sources)
    .filter((folder) => folder.startsWith(`${name}_`))
    .map((folder) => folder.slice(name.length + 1).replace('%', ':'))
    .filter(accepts);
  // This is not dpkg's order, because a machine with a copied cache may have no dpkg.
  const newest = versions.sort(compareVersions).at(-1);
  return newest ? described(name, newest) : null;
}

/**
 * @param {string} name
 * @param {string} version
 * @returns {Unpacked}
 */
function described(name, version) {
  const folder = join(sources, `${name}_${version.replace(':', '%')}`);
  return { folder, version, source: `Debian source package ${name} ${version}` };
}

/** The keyring that Debian's suites are signed with. @param {string} [advice] */
export function archiveKeyring(advice = '') {
  const keyring = keyrings.find((path) => existsSync(path));
  if (keyring) return keyring;
  throw new UserError(`no keyring of Debian's archive here; type: apt-get install debian-archive-keyring\n${advice}`);
}

/**
 * @typedef {object} Unpacked
 * @property {string} folder
 * @property {string} version Debian's
 * @property {string} source where it came from, in words
 */

/** @param {Wanted} wanted */
function inOwnLists(wanted) {
  return newestOffered(wanted, [], "the machine's own sources");
}

/**
 * Returns the version that a build would download if none was unpacked before. Downloads nothing.
 * @param {Wanted} wanted
 * @returns {Promise<string>}
 */
export async function newestVersion(wanted) {
  try {
    const found = await inSuites(wanted, newestListed);
    if (found) return found;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  throw new UserError(`no suite of this machine's Debian mirror has a source package of ${wanted.name} ${wanted.line}`);
}

/**
 * @template Found
 * @param {Wanted} wanted
 * @param {(wanted: Wanted, options: string[], suite: string) => Found | null | Promise<Found | null>} take
 * @returns {Promise<Found | null>}
 */
async function inSuites(wanted, take) {
  const keyring = archiveKeyring(wanted.advice);
  const { archives, security } = await mirrors(wanted.advice);
  for (const mirror of archives) {
    for (const group of wanted.suites) {
      const suite = group.join(', ');
      step(`looking for ${wanted.name} ${wanted.line} in Debian's ${suite}`);
      const lines = group.flatMap((each) => {
        const uri = each.endsWith('-security') ? security[0] : mirror;
        return uri ? [`deb-src [signed-by=${keyring}] ${uri} ${each} main`] : [];
      });
      const options = privateApt(lines);
      // A suite that the mirror does not have fails here, and so does one whose signature is wrong.
      const updated = await status('apt-get', [...options, 'update', '-q'], { stdout: false });
      const found = updated === 0 ? await take(wanted, options, suite) : null;
      if (found) return found;
    }
  }
  return null;
}

/**
 * @param {string[]} lines of sources.list
 * @returns {string[]}
 */
function privateApt(lines) {
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  const list = join(work, 'sources.list');
  writeFileSync(list, lines.map((line) => `${line}\n`).join(''));
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

/**
 * The URIs that this machine gets Debian itself from, and Debian's security updates.
 * @param {string} [advice]
 */
export async function mirrors(advice = '') {
  if (!list('Debian').length && process.getuid?.() === 0) await update();
  // Without lists apt does not know the origin of a mirror. Each mirror is tried then.
  const known = list('Debian').length ? list('Debian') : list('');
  /** @param {string} uri */
  const isSecurity = (uri) => /-security\/?$/.test(uri);
  const archives = known.filter((uri) => !isSecurity(uri));
  if (!archives.length) throw new UserError(`apt knows no mirror on this machine\n${advice}`);
  return { archives, security: known.filter(isSecurity) };

  /** @param {string} origin */
  function list(origin) {
    const lines =
      output('apt-get', ['indextargets', '--format', '$(ORIGIN) $(REPO_URI)', 'Created-By: Packages']) ?? '';
    const uris = lines
      .split('\n')
      .filter((entry) => entry.startsWith(`${origin} `))
      .map((entry) => entry.slice(origin.length + 1).trim())
      .filter((uri) => uri !== '');
    return [...new Set(uris)];
  }
}

/**
 * @param {Wanted} wanted
 * @param {string[]} options of apt
 * @param {string} suite
 * @returns {Promise<Unpacked | null>}
 */
async function newestOffered(wanted, options, suite) {
  const { name } = wanted;
  for (const version of listed(wanted, options)) {
    step(`downloading the source of ${name} ${version} from ${suite}`);
    const download = join(work, 'download');
    rmSync(download, { recursive: true, force: true });
    mkdirSync(download, { recursive: true });
    const args = [...options, 'source', '-q', '--download-only', '--only-source', `${name}=${version}`];
    // A mirror may list a version that it does not have yet.
    if ((await status('apt-get', args, { cwd: download, stdout: false })) === 0) return unpack(name, version, download);
    step(`the mirror lists ${name} ${version} and does not give it`);
  }
  return null;
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} download
 * @returns {Unpacked}
 */
function unpack(name, version, download) {
  const description = readdirSync(download).find((file) => file.endsWith('.dsc'));
  if (!description) throw new UserError(`apt-get source left no .dsc file in ${download}`);
  mustOutput('dpkg-source', ['--no-copy', '-x', description, 'tree'], { cwd: download });
  mkdirSync(sources, { recursive: true });
  const kept = described(name, version);
  if (!existsSync(kept.folder)) renameSync(join(download, 'tree'), kept.folder);
  return kept;
}

/**
 * Returns the newest version that the mirror has. Its description can be downloaded; a version that is only listed has none.
 * @param {Wanted} wanted
 * @param {string[]} options of apt
 */
async function newestListed(wanted, options) {
  for (const version of listed(wanted, options)) {
    const args = [...options, 'source', '-q', '--download-only', '--dsc-only', '--only-source'];
    const given = await status('apt-get', [...args, `${wanted.name}=${version}`], { cwd: work, stdout: false });
    if (given === 0) return version;
    step(`the mirror lists ${wanted.name} ${version} and does not give it`);
  }
  return null;
}

/**
 * The newest first.
 * @param {Wanted} wanted
 * @param {string[]} options of apt
 */
function listed({ name, accepts }, options) {
  const stanzas = output('apt-cache', [...options, 'showsrc', '--only-source', name]) ?? '';
  const versions = [...stanzas.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1] ?? '').filter(accepts);
  return [...new Set(versions)].sort(debianOrder).reverse();
}

/**
 * Compares whole versions, revisions included. A machine with apt also has dpkg.
 * @param {string} a
 * @param {string} b
 */
export function debianOrder(a, b) {
  const is = (/** @type {string} */ relation) => output('dpkg', ['--compare-versions', a, relation, b]) !== null;
  if (is('lt')) return -1;
  return is('gt') ? 1 : 0;
}
