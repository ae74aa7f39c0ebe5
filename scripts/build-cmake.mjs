// npm run build:cmake: builds the addon by CMakeLists.txt, into build-cmake/Release/libmosquitto.node.
import { fileURLToPath } from 'node:url';
import { buildWithCMake } from './lib/addon.mjs';
import { main } from './lib/log.mjs';
import { setup } from './setup.mjs';

/**
 * @param {Parameters<typeof setup>} what
 * @returns {Promise<string>} path of the addon
 */
export async function setupWithCMake(...what) {
  await setup(...what);
  return buildWithCMake('check');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(await setupWithCMake('the build with cmake')));
}
