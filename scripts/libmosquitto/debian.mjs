// Describes Debian's source package of libmosquitto, and where to look for it.
import * as source from './debian-source.mjs';
import { isBuiltInLine } from './version.mjs';

// The suites are named by role, not by code name, so that the next release of Debian needs no change. The newest is first,
// because the download of each suite's list takes time.
const suites = ['unstable', 'testing', 'stable-backports', 'stable', 'oldstable-backports', 'experimental'];

/** @type {import('./debian-source.mjs').Wanted} */
export const libmosquitto = {
  name: 'mosquitto',
  line: '2.1',
  accepts: isBuiltInLine,
  suites: suites.map((suite) => [suite]),
  advice: `
Either of these works without it:
  - LIBMOSQUITTO_SOURCE=<folder or .tar.gz>  builds Mosquitto 2.1 from a source tree or release tarball of yours
  - LIBMOSQUITTO_SYSTEM=1                    links the system's libmosquitto (2.0.11 or newer, found by pkg-config);
                                             on Debian: apt-get install libmosquitto-dev pkg-config
`,
};

/** Debian's source package of libmosquitto 2.1. */
export function debianSource() {
  return source.debianSource(libmosquitto);
}

/** The one that an earlier run unpacked, or null. */
export function unpacked() {
  return source.unpacked(libmosquitto);
}
