// npm run check:bundled [-- --update | FILE]
//
// Compares the source packages of the binaries, which bundled.json lists (or FILE), with the newest ones in Debian's
// suites that the build uses. Fails when they are older; --update updates every file that names the versions.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, step } from '../lib/log.mjs';
import { cache, fromUser, inRoot } from '../lib/paths.mjs';
import { libmosquitto } from '../libmosquitto/debian.mjs';
import { debianOrder, newestVersion } from '../libmosquitto/debian-source.mjs';
import { line as openssl } from '../prebuild/openssl.mjs';

/** @typedef {Record<string, string>} Versions of Debian's, by the name of the source package */

const record = inRoot('scripts', 'package', 'bundled.json');

/**
 * @param {Versions} bundled
 * @param {Versions} offered
 * @returns {string[]} a line for each package that is behind
 */
export function behind(bundled, offered) {
  return Object.entries(offered)
    .filter(([name, version]) => debianOrder(bundled[name] ?? '', version) < 0)
    .map(([name, version]) => `${name}: ${bundled[name] ?? 'none'} is bundled, Debian offers ${version}`);
}

/** @returns {Promise<Versions>} */
async function offered() {
  /** @type {Versions} */
  const versions = {};
  for (const wanted of [libmosquitto, openssl]) versions[wanted.name] = await newestVersion(wanted);
  return versions;
}

/** @param {Versions} versions */
function update(versions) {
  const before = JSON.parse(readFileSync(record, 'utf8'));
  writeFileSync(record, `${JSON.stringify(versions, null, 2)}\n`);
  const text = inRoot('SECURITY.md');
  const lines = readFileSync(text, 'utf8').split('\n');
  const renewed = lines.map((line) => {
    const name = Object.keys(versions).find((known) => line.startsWith(`| ${known} |`));
    return name ? line.replace(before[name], versions[name] ?? '') : line;
  });
  writeFileSync(text, renewed.join('\n'));
  // Otherwise the next build would use the source that was unpacked before.
  const sources = join(cache, 'sources');
  for (const folder of readdirSync(sources)) {
    const [name = '', version = ''] = folder.split('_');
    if (name in versions && version.replace('%', ':') !== versions[name])
      rmSync(join(sources, folder), { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const [argument] = process.argv.slice(2);
    const updates = argument === '--update';
    const file = argument && !updates ? fromUser(argument) : record;
    const newest = await offered();
    const lines = behind(JSON.parse(readFileSync(file, 'utf8')), newest);
    if (lines.length === 0) {
      const names = Object.entries(newest).map((entry) => entry.join(' '));
      step(`up to date: ${names.join(', ')}`);
      return 0;
    }
    for (const line of lines) step(line);
    if (!updates) {
      step('to renew them: npm run check:bundled -- --update && npm run prebuilds, then the tests and a release');
      return 1;
    }
    update(newest);
    step('updated scripts/package/bundled.json and SECURITY.md; now: npm run prebuilds, then the tests and a release');
    return 0;
  });
}
