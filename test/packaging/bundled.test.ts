import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build_info } from 'libmosquitto';
import { scaled } from '../support/wait';
import { filesIn, folderFor, root, run } from './package';

// Tests the versions of libmosquitto and OpenSSL in the binaries, and the report of newer ones in Debian.

const bundled: Record<string, string> = JSON.parse(
  readFileSync(join(root, 'scripts', 'package', 'bundled.json'), 'utf8'),
);
const upstream = (name: string): string => /^(?:\d+:)?([\d.]+)/.exec(bundled[name] ?? '')?.[1] ?? 'none';

test('the versions in bundled.json are in the binaries and in SECURITY.md', () => {
  assert.equal(build_info().libmosquitto, upstream('mosquitto'));
  const prebuilds = join(root, 'prebuilds');
  const files = existsSync(prebuilds) ? filesIn(prebuilds) : [];
  // The package's tests make missing prebuilds themselves. Those have this machine's OpenSSL.
  const own = files.filter((file) => file.endsWith('.host-build')).map((file) => file.split('/')[0]);
  for (const file of files.filter((name) => name.endsWith('.node') && !own.includes(name.split('/')[0]))) {
    const binary = readFileSync(join(prebuilds, file), 'latin1');
    assert.ok(binary.includes(`OpenSSL ${upstream('openssl')} `), `${file}: not OpenSSL ${upstream('openssl')}`);
  }
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  for (const [name, version] of Object.entries(bundled)) assert.ok(text.includes(`\n| ${name} | ${version} |\n`), name);
});

test('npm run check:bundled fails for versions that Debian has newer ones of, and names them', {
  timeout: scaled(240_000),
}, async (t) => {
  const cwd = folderFor(t);
  const old = { mosquitto: '2.1.0-1', openssl: '3.5.0-1' };
  writeFileSync(join(cwd, 'old.json'), JSON.stringify(old));
  const script = join(root, 'scripts', 'package', 'check-bundled.mjs');
  const first = await run(process.execPath, [script, join(cwd, 'old.json')], { cwd });
  assert.equal(first.code, 1, first.stderr);
  const lines = [...first.stderr.matchAll(/(\w+): (\S+) is bundled, Debian offers (\S+)$/gm)];
  assert.deepEqual(Object.fromEntries(lines.map(([, name, version]) => [name, version])), old);
  assert.match(first.stderr, /to renew them: npm run check:bundled -- --update/);

  const newest = Object.fromEntries(lines.map(([, name, , offered]) => [name, offered]));
  const { behind } = await import(pathToFileURL(script).href);
  assert.deepEqual(behind(newest, newest), []);
  assert.deepEqual(behind({ ...newest, openssl: '3.5.999-1' }, newest), []);
  assert.deepEqual(behind({ ...newest, openssl: '3.5.0-1' }, newest).length, 1);
});
