// npm test [-- WORD...]: sets up and runs the tests whose file names contain one of the words.
import { main } from './lib/log.mjs';
import { broker, peers } from './lib/needs.mjs';
import { runTests, selectTests } from './lib/tests.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup('running the tests', ['test', 'examples'], [broker, ...peers]);
  return runTests(selectTests(process.argv.slice(2)));
});
