import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { broker } from './lib/needs.mjs';
import { inRoot } from './lib/paths.mjs';
import { status } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await ensurePackages([broker], 'the demo');
  await setup(['examples']);
  return status(process.execPath, [inRoot('build', 'examples', 'demo.js'), ...process.argv.slice(2)]);
});
