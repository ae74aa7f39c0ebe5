// Tests LIBMOSQUITTO_OPENSSL, by which a user chooses the OpenSSL that is linked into the addon.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { plainEnvironment } from '../support/environment';
import { scaled } from '../support/wait';
import { addonFile, dynamicSymbols, isSanitized } from './addon';

const limit = { timeout: scaled(120000) };
const root = dirname(require.resolve('libmosquitto/package.json'));

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-openssl-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Builds libmosquitto with that OpenSSL into a cache of its own. */
function build(given: string, cache: string): { code: number | null; stderr: string } {
  const args = [join(root, 'scripts', 'libmosquitto', 'config.mjs'), 'libraries', 'static'];
  const env = { ...plainEnvironment(), LIBMOSQUITTO_OPENSSL: given, LIBMOSQUITTO_CACHE: cache };
  const source = join(process.env.LIBMOSQUITTO_CACHE ?? join(root, '.cache'), 'sources');
  // The sources that an earlier build downloaded are used again.
  mkdirSync(cache);
  if (existsSync(source)) symlinkSync(source, join(cache, 'sources'));
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { code: status, stderr };
}

/** A library of the compiler's own OpenSSL. */
function ofCompiler(name: string): string {
  return execFileSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
}

// These tests concern only the scripts. They need not run with other addons.
const ordinary = build_info().linkage === 'static' && !isSanitized(dynamicSymbols(addonFile()));

if (ordinary)
  describe('LIBMOSQUITTO_OPENSSL', () => {
    test('is what libmosquitto is compiled and the addon linked with', limit, (t) => {
      const work = folderFor(t);
      const given = join(work, 'openssl');
      for (const folder of ['include', 'lib']) mkdirSync(join(given, folder), { recursive: true });
      symlinkSync('/usr/include/openssl', join(given, 'include', 'openssl'));
      for (const name of ['libssl.a', 'libcrypto.a']) symlinkSync(ofCompiler(name), join(given, 'lib', name));

      const { code, stderr } = build(given, join(work, 'cache'));
      assert.equal(code, 0, stderr);
      const { libraries } = JSON.parse(
        readFileSync(join(work, 'cache', 'libmosquitto', 'static', 'config.json'), 'utf8'),
      );
      assert.deepEqual(
        libraries.filter((path: string) => /lib(ssl|crypto)/.test(path)),
        [join(given, 'lib', 'libssl.a'), join(given, 'lib', 'libcrypto.a')],
      );
    });

    test('a folder without it: the build stops and names what is missing', limit, (t) => {
      const work = folderFor(t);
      const { code, stderr } = build(work, join(work, 'cache'));
      assert.equal(code, 1);
      assert.match(stderr, /LIBMOSQUITTO_OPENSSL: there is no .*\/include\/openssl\/ssl\.h/);
      assert.doesNotMatch(stderr, /^\s+at /m, 'a message, not a stack');
      assert.equal(existsSync(join(work, 'cache', 'libmosquitto')), false);
    });
  });
