// Lists the third-party code that is linked into the package's binaries, for the licences and the bill of materials.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../lib/hash.mjs';
import { UserError } from '../lib/log.mjs';
import { cache, inRoot } from '../lib/paths.mjs';
import { findSource } from '../libmosquitto/source.mjs';

/**
 * @typedef {object} Component
 * @property {string} name
 * @property {string} version
 * @property {string} license of SPDX: the one under which it is in the binaries
 * @property {string} what in words
 * @property {string} purl
 * @property {string} text of its licence, with the copyright lines, as its authors ask for it
 */

/** The package's binaries. */
export function prebuilds() {
  return filesBelow([inRoot('prebuilds')]).filter((file) => file.endsWith('.node'));
}

/** @returns {Promise<Component[]>} */
export async function linkedIn() {
  const mosquitto = await findSource();
  const deps = join(mosquitto.folder, 'deps');
  const parser = join(deps, 'picohttpparser', 'picohttpparser.c');
  return [
    {
      name: 'libmosquitto',
      version: mosquitto.version,
      license: 'BSD-3-Clause',
      what: `Eclipse Mosquitto's client library; also EPL-2.0, of which the Eclipse Distribution License is chosen`,
      purl: `pkg:generic/mosquitto@${mosquitto.version}`,
      text: [copyrightOf(mosquitto.folder), read(join(mosquitto.folder, 'edl-v10'))].join('\n\n'),
    },
    {
      name: 'curl (part of libmosquitto: lib/net_mosq_ocsp.c)',
      version: mosquitto.version,
      license: 'curl',
      what: 'the code that checks stapled OCSP answers is based on that of curl',
      purl: `pkg:generic/mosquitto@${mosquitto.version}#lib/net_mosq_ocsp.c`,
      text: comment(join(mosquitto.folder, 'lib', 'net_mosq_ocsp.c'), 'curl'),
    },
    {
      name: 'picohttpparser',
      version: `mosquitto-${mosquitto.version}`,
      license: 'MIT',
      what: 'reads the HTTP answer that begins a WebSockets connection; the copy in the source of mosquitto',
      purl: `pkg:generic/picohttpparser@mosquitto-${mosquitto.version}`,
      text: comment(parser, 'Kazuho Oku'),
    },
    {
      name: 'uthash',
      version: defined(join(deps, 'uthash.h'), 'UTHASH_VERSION'),
      license: 'BSD-1-Clause',
      what: 'hash tables and lists, in the source of mosquitto (uthash.h, utlist.h)',
      purl: `pkg:generic/uthash@${defined(join(deps, 'uthash.h'), 'UTHASH_VERSION')}`,
      text: comment(join(deps, 'uthash.h'), 'Troy D. Hanson'),
    },
    ...opensslVersions().map((version) => ({
      name: 'OpenSSL',
      version,
      license: 'Apache-2.0',
      what: 'TLS and cryptography: libssl and libcrypto',
      purl: `pkg:generic/openssl@${version}`,
      text: opensslText(version),
    })),
    ...gccVersions().map((version) => ({
      name: 'libstdc++ and libgcc',
      version,
      license: 'GPL-3.0-or-later WITH GCC-exception-3.1',
      what: "GCC's runtime libraries; the exception allows them in programs under any licence",
      purl: `pkg:generic/gcc@${version}`,
      text: read('/usr/share/doc/libstdc++6/copyright'),
    })),
    nodeAddonApi(),
  ];
}

/** Returns the versions of OpenSSL that the binaries name. There is one, unless they were not built together. */
export function opensslVersions() {
  const found = prebuilds().map((file) => {
    const version = /OpenSSL (\d+\.\d+\.\d+\w*) \d+ [A-Z][a-z]{2} \d{4}/.exec(readFileSync(file, 'latin1'))?.[1];
    if (version === undefined) throw new UserError(`${file} does not contain its version of OpenSSL`);
    return version;
  });
  return [...new Set(found)];
}

/** Returns the versions of GCC whose runtime libraries are inside a binary instead of loaded from the system. */
function gccVersions() {
  const found = prebuilds().flatMap((file) => {
    const text = readFileSync(file, 'latin1');
    if (text.includes('libstdc++.so.6')) return [];
    return [/GCC: \([^)]*\) (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? 'unknown'];
  });
  return [...new Set(found)];
}

/** @returns {Component} */
function nodeAddonApi() {
  const folder = inRoot('node_modules', 'node-addon-api');
  const { version } = JSON.parse(read(join(folder, 'package.json')));
  return {
    name: 'node-addon-api',
    version,
    license: 'MIT',
    what: 'C++ over Node-API, headers only',
    purl: `pkg:npm/node-addon-api@${version}`,
    text: read(join(folder, 'LICENSE.md')),
  };
}

/** Reads it from the source of the build, or from Debian's package of static libraries. @param {string} version */
function opensslText(version) {
  const sources = join(cache, 'sources');
  const [own] = existsSync(sources) ? readdirSync(sources).filter((name) => name.startsWith(`openssl_${version}`)) : [];
  const holders = own ? join(sources, own, 'debian', 'copyright') : '/usr/share/doc/libssl-dev/copyright';
  const license = own ? join(sources, own, 'LICENSE.txt') : '/usr/share/common-licenses/Apache-2.0';
  return [debianStanza(holders), read(license)].join('\n\n');
}

/** @param {string} folder of a Debian source package; another source names no holders in one place */
function copyrightOf(folder) {
  const debian = join(folder, 'debian', 'copyright');
  return existsSync(debian) ? debianStanza(debian) : comment(join(folder, 'lib', 'connect.c'), 'Copyright');
}

/** Returns the copyright lines for 'Files: *'. @param {string} file in Debian's format for machines */
function debianStanza(file) {
  const stanza = /^Files: \*\nCopyright:((?:.*\n)(?:\s.*\n)*)/m.exec(read(file))?.[1];
  if (stanza === undefined) throw new UserError(`${file} does not name the copyright holders`);
  const lines = stanza.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => `Copyright ${line}`)
    .join('\n');
}

/** @param {string} file @param {string} name */
function defined(file, name) {
  return new RegExp(`^#define ${name} (\\S+)`, 'm').exec(read(file))?.[1] ?? 'unknown';
}

/** Returns the comment of a C file that contains a word. @param {string} file @param {string} word */
function comment(file, word) {
  const found = [...read(file).matchAll(/\/\*([\s\S]*?)\*\//g)].find(([text]) => text.includes(word));
  if (!found) throw new UserError(`${file} has no comment about ${word}`);
  return (found[1] ?? '').replace(/^ \* ?/gm, '').trim();
}

/** @param {string} file */
function read(file) {
  if (!existsSync(file)) throw new UserError(`${file} is missing; the notices of the package are made from it`);
  return readFileSync(file, 'utf8');
}
