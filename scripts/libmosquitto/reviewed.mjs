// The versions of libmosquitto that were reviewed for this package: native/libmosquitto/versions.json. Any other version
// builds with a warning.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { step } from '../lib/log.mjs';
import { inRoot } from '../lib/paths.mjs';

/** @typedef {Pick<import('./config-file.mjs').Config, 'version' | 'linkage' | 'checksum'>} Library */

/**
 * The system's library has no source here: its version alone counts.
 * @param {Library['linkage']} linkage
 * @returns {{ version: string, sha256?: string }[]}
 */
function reviewedVersions(linkage) {
  return JSON.parse(readFileSync(inRoot('native', 'libmosquitto', 'versions.json'), 'utf8'))[linkage];
}

/**
 * SHA-256 of the text that sha256sum prints for the files, in the order of their names. `config.mjs checksum` prints it.
 * @param {string} folder of the source tree
 * @param {string[]} files below it, sorted
 */
export function checksumOf(folder, files) {
  const list = createHash('sha256');
  for (const file of files) {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    list.update(`${digest}  ${relative(folder, file).split(sep).join('/')}\n`);
  }
  return list.digest('hex');
}

/** @param {Library} library */
export function isReviewed({ version, linkage, checksum }) {
  return reviewedVersions(linkage).some((known) => known.version === version && (known.sha256 ?? '') === checksum);
}

/** @param {import('./config-file.mjs').Config} config */
export function warnUnlessReviewed(config) {
  if (config.reviewed) return;
  for (const line of ['*'.repeat(100), ...warning(config), '*'.repeat(100)]) step(line);
}

/** @param {import('./config-file.mjs').Config} config */
function warning({ version, linkage, source }) {
  const known = reviewedVersions(linkage).map((each) => each.version);
  const list = known.join(', ');
  const changed = known.includes(version) ? ', with source files that differ from the release,' : '';
  return [
    `WARNING: libmosquitto ${version} (${source})${changed} was not reviewed for this package. Reviewed: ${list}.`,
    ...(linkage === 'static' ? replaces : relies),
    'Test the addon before you use it. build_info().reviewed is false in this build.',
    'More: docs/install.md, "Another libmosquitto".',
  ];
}

const replaces = [
  'The addon replaces functions inside libmosquitto. Functions that have changed since may make it lose or repeat',
  'messages, skip TLS checks, leak memory or crash, although it builds without an error.',
];
const relies = [
  'The addon relies on how libmosquitto opens connections and calls back. A version that does so in another way may make',
  'it lose connections or messages, although it builds without an error.',
];
