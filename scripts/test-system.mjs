// The same tests on the system's libmosquitto, in an addon of its own beside the ordinary one.
import { buildSystemAddon } from './lib/addon.mjs';
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { broker, peers } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { runTests, selectTests } from './lib/tests.mjs';
import { compile } from './lib/tsc.mjs';
import { needsOf } from './libmosquitto/ensure.mjs';

await main(async () => {
  await ensurePackages([...needsOf('system'), broker, ...peers], 'running the tests');
  await ensureNodeModules();
  const addon = await buildSystemAddon();
  await compile(['.', 'test', 'examples']);
  return runTests(selectTests(process.argv.slice(2)), { LIBMOSQUITTO_ADDON: addon });
});
