// Builds the static OpenSSL of the prebuilds from Debian's source.
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hashOf } from '../lib/hash.mjs';
import { step } from '../lib/log.mjs';
import { unlessUpToDate } from '../lib/stamp.mjs';
import { debianSource } from '../libmosquitto/debian-source.mjs';
import { compareVersions } from '../libmosquitto/version.mjs';
import { buildRoot, buildRootKey, copyInside, runInside, workFolder } from './build-root.mjs';

/**
 * The line of releases with the longest support: OpenSSL maintains 3.5 until April 2030, and Debian 13 for its whole
 * life. 3.6 and its successors end after thirteen months. The source is Debian's own, for its signature and its fixes;
 * its security updates reach the first suite last.
 * @type {import('../libmosquitto/debian-source.mjs').Wanted}
 */
export const line = {
  name: 'openssl',
  line: '3.5',
  accepts: (version) => compareVersions(version, '3.5') >= 0 && compareVersions(version, '3.6') < 0,
  suites: [['trixie', 'trixie-security']],
};

/** A client that uses TLS 1.2 and 1.3 over TCP and reads keys and certificates from PEM needs none of these. */
export const left_out = [
  // Programs, and modules that libcrypto would load at run time. These are built for another copy of libcrypto, and
  // Node's process has a third. libmosquitto has no engine options with OpenSSL 3 either.
  ...['shared', 'apps', 'tests', 'docs', 'makedepend', 'engine', 'module', 'legacy'],
  // The machine's configuration is for the machine's OpenSSL. The addon reads one only on request
  // (native/libmosquitto/repairs/openssl_config.c).
  'autoload-config',
  // Protocols and formats.
  ...['ssl3', 'dtls', 'quic', 'srp', 'srtp', 'sctp', 'nextprotoneg', 'comp', 'ct', 'cms', 'cmp', 'ts', 'rfc3779'],
  // Ciphers and hashes that neither TLS 1.2 and 1.3 nor a modern encrypted PEM file uses.
  ...['idea', 'seed', 'bf', 'cast', 'md4', 'mdc2', 'rc2', 'rc4', 'rmd160', 'whirlpool', 'sm2', 'sm4', 'gost', 'uplink'],
];

/**
 * The symbols are hidden, so that no other copy of OpenSSL in the process replaces them. Each function has a section,
 * so that less is linked.
 */
const flags = ['-O2', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections'];

/**
 * Builds OpenSSL's static libraries inside the root.
 * @param {import('./targets.mjs').Target} target
 * @returns {Promise<{ folder: string, key: string, version: string }>} folder: inside the root
 */
export async function ensureOpenssl({ arch, prefix, openssl }) {
  const { folder: source, version } = await debianSource(line);
  const options = [
    openssl,
    `--cross-compile-prefix=${prefix}`,
    // Most distributions have their trusted certificates, or a link to them, in this folder.
    '--openssldir=/etc/ssl',
    '--prefix=/usr',
    '--libdir=lib',
    ...left_out.map((part) => `no-${part}`),
    ...flags,
  ];
  const place = join(workFolder, `openssl-${arch}`);
  const folder = join(place, 'usr');
  const key = hashOf([], { version, options, root: buildRootKey });
  await unlessUpToDate(join(buildRoot, folder, 'lib', 'libcrypto.a'), key, async () => {
    step(`building OpenSSL ${version} for ${arch}`);
    const tree = join(workFolder, 'openssl-source');
    const objects = join(workFolder, 'openssl-objects');
    copyInside(source, tree);
    rmSync(join(buildRoot, objects), { recursive: true, force: true });
    rmSync(join(buildRoot, place), { recursive: true, force: true });
    await runInside(['mkdir', objects]);
    // The build runs beside the sources: their paths, which error messages contain, are then short and the same
    // everywhere.
    await runInside(['perl', '../openssl-source/Configure', ...options], {}, objects);
    await runInside(['make', '-s', `-j${availableParallelism()}`, 'build_libs'], {}, objects);
    await runInside(['make', '-s', 'install_dev', `DESTDIR=${place}`], {}, objects);
    for (const part of [tree, objects]) rmSync(join(buildRoot, part), { recursive: true });
  });
  return { folder, key, version };
}
