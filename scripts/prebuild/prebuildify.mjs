// node prebuildify.mjs [ARGUMENT...]
//
// Builds the addon for the platform that this runs on, or with --arch for another, into prebuilds/ with the name that
// node-gyp-build looks for. scripts/prebuild/prebuilds.mjs runs it in the build root. On other systems it runs without a
// build root, with the OpenSSL of $LIBMOSQUITTO_OPENSSL.
import { main } from '../lib/log.mjs';
import { nodeHeaders } from '../lib/node-headers.mjs';
import { inRoot } from '../lib/paths.mjs';
import { status } from '../lib/run.mjs';

// Only Linux has more than one C library.
const libc = process.platform === 'linux' ? ['--tag-libc'] : [];

await main(() =>
  status(
    process.execPath,
    [
      inRoot('node_modules', 'prebuildify', 'bin.js'),
      ...['--napi', '--strip', '--name', 'libmosquitto', '--target', process.version],
      ...libc,
      ...process.argv.slice(2),
    ],
    { env: { ...nodeHeaders(), LIBMOSQUITTO_PORTABLE: '1' }, stdout: false },
  ),
);
