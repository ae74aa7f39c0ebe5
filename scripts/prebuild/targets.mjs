// The platforms of the prebuilds, and the build root's tools for each.

/**
 * @typedef {'x64' | 'arm64'} Arch
 * @typedef {object} Target
 * @property {Arch} arch as Node names it
 * @property {string} prefix of the compiler's programs
 * @property {string} openssl the platform's name in OpenSSL's Configure
 */

/** @type {Target[]} */
export const targets = [
  { arch: 'x64', prefix: 'x86_64-linux-gnu-', openssl: 'linux-x86_64' },
  { arch: 'arm64', prefix: 'aarch64-linux-gnu-', openssl: 'linux-aarch64' },
];

/** @param {Arch} arch */
export function folderOf(arch) {
  return `linux-${arch}`;
}

/** The file name that prebuildify gives, and that node-gyp-build looks for on glibc. */
export const fileName = 'libmosquitto.glibc.node';

/** MinGW-w64 on Linux makes this one, and only Wine has run it. */
export const windows = {
  folder: 'win32-x64',
  fileName: 'libmosquitto.node',
  prefix: 'x86_64-w64-mingw32-',
  openssl: 'mingw64',
};
