// npm run test:packaging [-- WORD...]: runs the tests of the package as users get it.
import { basename } from 'node:path';
import { main } from './lib/log.mjs';
import { broker, pkgConfig, systemLibmosquitto } from './lib/needs.mjs';
import { packagingTests, runTests } from './lib/tests.mjs';
import { ensureNode, nodeLines } from './package/nodes.mjs';
import { ensurePeer, peers } from './package/peers.mjs';
import { testTarball } from './package/test-tarball.mjs';
import { setup } from './setup.mjs';

// Without those that only read and run the prebuilds: test-prebuilds.mjs.
const all = [
  ...['bundled', 'bundles', 'contents', 'demo', 'from-source', 'install', 'managers', 'pack', 'release', 'runtimes'],
  ...['prose', 'surroundings', 'tools', 'workflows'],
];
const words = process.argv.slice(2);

await main(async () => {
  const files = packagingTests(words.length > 0 ? words : all.map((name) => `packaging/${name}.`));
  await setup(
    `running ${files.map((file) => basename(file, '.test.js')).join(', ')}`,
    ['test', 'examples'],
    [broker, pkgConfig, systemLibmosquitto],
  );
  // Here and not in the tests, which run in parallel.
  for (const line of nodeLines) await ensureNode(line);
  for (const name of Object.keys(peers)) await ensurePeer(name);
  await testTarball();
  return runTests(files);
});
