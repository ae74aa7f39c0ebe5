// node test-tarball.mjs: makes the package that `npm pack` makes of this checkout, for the tests; prints its path.
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow, hashOf } from '../lib/hash.mjs';
import { main, UserError } from '../lib/log.mjs';
import { inRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { ensurePrebuild } from './host-prebuild.mjs';

const inputs = [
  ...['lib', 'native', 'scripts', 'prebuilds', 'docs', 'examples', 'binding.gyp', 'package.json', 'package-lock.json'],
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'THIRD-PARTY.md', 'LICENSE'],
];

/** @returns {Promise<string>} path of the tarball */
export async function testTarball() {
  await ensurePrebuild();
  const folder = inRoot('build', 'packaging');
  const product = join(folder, 'libmosquitto.tgz');
  // prepare.mjs makes this one.
  const made = inRoot('scripts', 'package', 'binding.gyp');
  const files = filesBelow(inputs.map((input) => inRoot(input))).filter((file) => file !== made);
  const key = hashOf(files, process.version);
  await unlessUpToDate(product, key, async () => {
    const partial = join(folder, String(process.pid));
    mkdirSync(partial, { recursive: true });
    try {
      const env = { LIBMOSQUITTO_PACK_INCOMPLETE: '1' };
      await run('npm', ['pack', '--silent', '--pack-destination', partial], { env, stdout: false });
      const [name] = readdirSync(partial);
      if (name === undefined) throw new UserError('npm pack made no tarball');
      renameSync(join(partial, name), product);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
  return product;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(async () => console.log(await testTarball()));
