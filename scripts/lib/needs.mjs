// Lists the programs and libraries of the system that builds and tests need, with a check of each.
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { output, which } from './run.mjs';

/** @typedef {import('./apt.mjs').Need} Need */

export const cc = process.env.CC ?? 'cc';
const cxx = process.env.CXX ?? 'g++';

/**
 * Returns the full path of a library that the C compiler would link, or null.
 * @param {string} name
 */
export function libraryPath(name) {
  // The compiler answers with the bare name when it does not know the file.
  const path = output(cc, [`-print-file-name=${name}`]);
  return path !== null && isAbsolute(path) && existsSync(path) ? resolve(path) : null;
}

/** The first word of $CC may have options behind it. @param {string} line */
function commandOf(line) {
  return line.trim().split(/\s+/)[0] ?? line;
}

/** @type {Need[]} */
export const compilers = [
  { name: 'g++', what: 'a C and C++ compiler', present: () => !!which(commandOf(cc)) && !!which(commandOf(cxx)) },
  { name: 'make', what: 'GNU make', present: () => !!which('make') },
  { name: 'python3', what: 'Python 3, for node-gyp', present: () => !!which('python3') },
];

/** @type {Need} */
export const openssl = {
  name: 'libssl-dev',
  what: "OpenSSL's headers and static libraries (libssl.a, libcrypto.a)",
  present: () => !!libraryPath('libssl.a') && !!libraryPath('libcrypto.a') && compiles('openssl/ssl.h'),
};

/** @type {Need} */
export const dpkgSource = {
  name: 'dpkg-dev',
  what: 'dpkg-source, to unpack a Debian source package',
  present: () => !!which('dpkg-source'),
};

/** @type {Need} */
export const pkgConfig = { name: 'pkg-config', what: 'pkg-config', present: () => !!which('pkg-config') };

/** @type {Need} */
export const systemLibmosquitto = {
  name: 'libmosquitto-dev',
  what: 'libmosquitto 2.0.11 or newer with its headers and libmosquitto.pc',
  present: () => output('pkg-config', ['--exists', 'libmosquitto']) !== null,
};

/** @type {Need} */
export const broker = {
  name: 'mosquitto',
  what: 'the mosquitto broker, in PATH or named by $MOSQUITTO',
  present: () => (process.env.MOSQUITTO ? existsSync(process.env.MOSQUITTO) : !!which('mosquitto')),
};

/**
 * Programs that the tests need besides the broker: a SOCKS proxy, and openssl for certificates and as a peer.
 * @type {Need[]}
 */
export const peers = [
  { name: 'microsocks', what: 'microsocks, a SOCKS5 server', present: () => !!which('microsocks') },
  { name: 'openssl', what: 'the openssl program, 3.0 or newer', present: () => !!which('openssl') },
];

/** @type {Need} */
export const debootstrap = {
  name: 'debootstrap',
  what: 'debootstrap, to make the root that the prebuilds are compiled in',
  present: () => !!which('debootstrap'),
};

/** @type {Need} */
export const qemu = {
  name: 'qemu-user',
  what: 'qemu-aarch64, to run programs for arm64',
  present: () => !!which('qemu-aarch64'),
};

/** @type {Need[]} */
export const mingw = [
  {
    name: 'g++-mingw-w64-x86-64-posix',
    what: 'MinGW-w64 for x64 with POSIX threads',
    present: () => !!which('x86_64-w64-mingw32-g++-posix'),
  },
  { name: 'make', what: 'GNU make', present: () => !!which('make') },
  { name: 'perl', what: 'perl, to configure OpenSSL', present: () => !!which('perl') },
];

const winePath = '/usr/lib/wine/wine64';

export const wine = {
  path: winePath,
  name: 'wine64',
  what: `Wine for x64 (${winePath}), to run programs for Windows`,
  present: () => existsSync(winePath),
};

/** @type {Need} */
export const binutils = { name: 'binutils', what: 'readelf and objdump', present: () => !!which('objdump') };

/** @type {Need} */
export const cmake = { name: 'cmake', what: 'cmake 3.19 or newer', present: () => !!which('cmake') };

export const symbolizer = '/usr/lib/llvm-19/bin/llvm-symbolizer';

/** libFuzzer is a part of clang. @type {Need[]} */
export const fuzzTools = [
  { name: 'llvm-19', what: `${symbolizer}, for the places in reports`, present: () => existsSync(symbolizer) },
  { name: 'clang-19', what: 'clang 19', present: () => !!which('clang-19') },
  {
    name: 'libclang-rt-19-dev',
    what: "clang 19's libFuzzer and sanitizers",
    present: () => {
      const path = output('clang-19', ['-print-file-name=libclang_rt.fuzzer-x86_64.a']);
      return path !== null && isAbsolute(path) && existsSync(path);
    },
  },
];

/** @type {Need[]} */
export const clangTools = [
  { name: 'clang-format-19', what: 'clang-format 19', present: () => !!which('clang-format-19') },
  { name: 'clang-tidy-19', what: 'clang-tidy 19', present: () => !!which('clang-tidy-19') },
];

/** @param {string} header */
function compiles(header) {
  return output(cc, ['-E', '-include', header, '-x', 'c', '/dev/null']) !== null;
}
