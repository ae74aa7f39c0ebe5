// npm run build:cmake: build-cmake/Release/libmosquitto.node, the addon as CMakeLists.txt builds it.
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
