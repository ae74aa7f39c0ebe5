// npm run demo [-- COUNT]: runs examples/demo.ts, and first builds what it needs.
import { main } from './lib/log.mjs';
import { broker } from './lib/needs.mjs';
import { inRoot } from './lib/paths.mjs';
import { status } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup('the demo', ['examples'], [broker], 'any');
  return status(process.execPath, [inRoot('build', 'examples', 'demo.js'), ...process.argv.slice(2)]);
});
