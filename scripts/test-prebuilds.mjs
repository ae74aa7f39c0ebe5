// npm run test:prebuilds [-- WORD...]: makes missing prebuilds, checks their contents, and runs them on the oldest supported
// systems, one of them emulated.
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { binutils, broker, debootstrap, peers, qemu } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { packagingTests, runTests } from './lib/tests.mjs';
import { compile } from './lib/tsc.mjs';
import { arm64Libraries, buildRoot } from './prebuild/build-root.mjs';
import { ensureNode } from './prebuild/node.mjs';
import { ensurePrebuilds, prebuildOf } from './prebuild/prebuilds.mjs';

const all = ['packaging/binary.', 'packaging/floor.', 'packaging/arm64.'];
const words = process.argv.slice(2);

await main(async () => {
  await ensurePackages([debootstrap, qemu, binutils, broker, ...peers], 'testing the prebuilds');
  await ensureNodeModules();
  await ensurePrebuilds();
  const env = {
    LIBMOSQUITTO_ADDON: prebuildOf('x64'),
    LIBMOSQUITTO_BUILD_ROOT: buildRoot,
    LIBMOSQUITTO_ARM64_LIBRARIES: arm64Libraries,
    LIBMOSQUITTO_NODE_X64: await ensureNode('x64'),
    LIBMOSQUITTO_NODE_ARM64: await ensureNode('arm64'),
  };
  await compile(['.', 'test']);
  return runTests(packagingTests(words.length > 0 ? words : all), env);
});
