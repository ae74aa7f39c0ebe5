// npm run test:cmake [-- WORD...]: runs the tests on the addon that CMakeLists.txt builds.
import { setupWithCMake } from './build-cmake.mjs';
import { main } from './lib/log.mjs';
import { broker, peers } from './lib/needs.mjs';
import { runTests, selectTests } from './lib/tests.mjs';

await main(async () => {
  const addon = await setupWithCMake('running the tests', ['test', 'examples'], [broker, ...peers]);
  return runTests(selectTests(process.argv.slice(2)), { LIBMOSQUITTO_ADDON: addon });
});
