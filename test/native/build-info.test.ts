// Tests that build_info() describes the libmosquitto and the OpenSSL in use.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { build_info, lib_version } from 'libmosquitto';

const info = build_info();

test('build_info() names the libmosquitto that is in use', () => {
  const [major, minor, revision] = info.libmosquitto.split('.').map(Number);
  const version = lib_version();
  assert.equal(version.major, major);
  assert.equal(version.minor, minor);
  assert.equal(version.number, version.major * 1_000_000 + version.minor * 1000 + version.revision);
  if (info.linkage === 'static') {
    // lib_version() says 2.1.0 for every 2.1.x.
    assert.match(info.libmosquitto, /^2\.1\.\d+$/);
  } else {
    assert.equal(version.revision, revision);
    assert.ok(version.number >= 2_000_011, info.libmosquitto);
    const installed = execFileSync('pkg-config', ['--modversion', 'libmosquitto'], { encoding: 'utf8' }).trim();
    assert.equal(info.libmosquitto, installed);
  }
});

const folder = dirname(require.resolve('libmosquitto/package.json'));
const reviewed: Record<typeof info.linkage, { version: string }[]> = JSON.parse(
  readFileSync(join(folder, 'native', 'libmosquitto', 'versions.json'), 'utf8'),
);

test('build_info() reports whether this libmosquitto was reviewed', () => {
  const listed = reviewed[info.linkage].some(({ version }) => version === info.libmosquitto);
  if (info.linkage === 'system') assert.equal(info.reviewed, listed);
  // The checksum of a static build's source counts too (native/source-build): Debian may have patched a listed version.
  else assert.ok(listed || !info.reviewed);
});

test('the binaries contain a libmosquitto that was reviewed', () => {
  const bundled: { mosquitto: string } = JSON.parse(
    readFileSync(join(folder, 'scripts', 'package', 'bundled.json'), 'utf8'),
  );
  const upstream = bundled.mosquitto.replace(/^\d+:|-[^-]*$/g, '');
  assert.ok(
    reviewed.static.some(({ version }) => version === upstream),
    upstream,
  );
});

test('build_info() reports the linkage and the version of OpenSSL', () => {
  assert.ok(info.linkage === 'static' || info.linkage === 'system');
  assert.match(info.openssl, /^OpenSSL 3\.\d+\.\d+/);
});

test('build_info() reports all features of a static build', () => {
  const { features } = info;
  for (const [name, present] of Object.entries(features)) assert.equal(typeof present, 'boolean', name);
  assert.equal(features.tls, true);
  assert.equal(features.threads, true);
  if (info.linkage === 'static') {
    assert.deepEqual(features, {
      tls: true,
      tls_psk: true,
      socks: true,
      websockets: true,
      unix_sockets: true,
      threads: true,
    });
  }
});
