// Compares versions of libmosquitto, and defines the versions that the addon works with.
/**
 * @param {string} version '2.1.2', or a Debian version such as '1:2.1.2-3'
 * @returns {number[]}
 */
function numbers(version) {
  const upstream = version.replace(/^\d+:/, '');
  return (upstream.match(/^\d+(\.\d+)*/)?.[0] ?? '0').split('.').map(Number);
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {number} negative when a is older than b
 */
export function compareVersions(a, b) {
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The oldest libmosquitto that the addon works with: the system's, and one that it is linked with statically. */
export const oldest = { system: '2.0.11', static: '2.1' };

/** The line of releases that we build in. @param {string} version */
export function isBuiltInLine(version) {
  return compareVersions(version, '2.1') >= 0 && compareVersions(version, '2.2') < 0;
}
