// The tools of a build from source. Users' installations do not have them: the build uses those that it finds, and
// fetches the others from the npm registry.
import { copyFileSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { step, UserError } from '../lib/log.mjs';
import { fromUser, inRoot } from '../lib/paths.mjs';
import { output, status, which } from '../lib/run.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name npm's package
 * @property {string} version the one that this package is tested with, which is fetched
 * @property {(major: number) => boolean} accepts whether a version that is found will do
 */

/** @type {Tool[]} */
const tools = [
  { name: 'node-addon-api', version: pinned('node-addon-api'), accepts: (major) => major === 8 },
  // Older versions need a Python with distutils.
  { name: 'node-gyp', version: pinned('node-gyp'), accepts: (major) => major >= 10 },
];

/** @param {string} name */
function pinned(name) {
  return JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).devDependencies[name];
}

/**
 * @typedef {object} Tools
 * @property {string} nodeAddonApi folder of its headers
 * @property {string} nodeGyp its program
 */

/**
 * @param {string} folder an empty one, for what has to be fetched
 * @returns {Promise<Tools>}
 */
export async function buildTools(folder) {
  const npm = npmFolder();
  const places = [inRoot('package.json'), fromUser('package.json'), ...(npm ? [join(npm, 'package.json')] : [])];
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const tool of tools) {
    const at = places.map((place) => resolved(tool, place)).find((path) => path !== null);
    if (at) found.set(tool.name, at);
  }
  const missing = tools.filter(({ name }) => !found.has(name));
  if (missing.length > 0) await fetch(missing, folder);
  const folderOf = (/** @type {string} */ name) => found.get(name) ?? join(folder, 'node_modules', name);
  return {
    nodeAddonApi: folderOf('node-addon-api'),
    nodeGyp: join(folderOf('node-gyp'), 'bin', 'node-gyp.js'),
  };
}

/** @param {Tool} tool @param {string} place a file of the package that would load it */
function resolved({ name, accepts }, place) {
  try {
    const manifest = createRequire(place).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    return accepts(Number.parseInt(version, 10)) ? dirname(manifest) : null;
  } catch {
    return null;
  }
}

/** Returns the folder of the npm in PATH, which contains a node-gyp. */
function npmFolder() {
  const npm = which('npm');
  const folder = npm && resolve(dirname(realpathSync(npm)), '..');
  return folder && existsSync(join(folder, 'package.json')) ? folder : null;
}

/** @param {Tool[]} missing @param {string} folder */
async function fetch(missing, folder) {
  const specs = missing.map(({ name, version }) => `${name}@${version}`);
  const remedy =
    'Where the registry cannot be reached, have them installed beside libmosquitto, then build again:\n\n' +
    `  npm install --save-dev ${specs.join(' ')}\n`;
  if (!which('npm')) {
    throw new UserError(`the build needs ${specs.join(' and ')} and finds no npm to fetch them.\n${remedy}`);
  }
  step(`fetching ${specs.join(' and ')}`);
  // The user's project may name another registry.
  const settings = join(output('npm', ['prefix'], { cwd: fromUser('.') }) ?? fromUser('.'), '.npmrc');
  if (existsSync(settings)) copyFileSync(settings, join(folder, '.npmrc'));
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--prefix', folder, '--prefer-offline', ...quiet, ...specs];
  if ((await status('npm', args, { cwd: folder, stdout: false })) !== 0) {
    throw new UserError(`npm could not fetch ${specs.join(' and ')}, which the build needs (see above).\n${remedy}`);
  }
}
