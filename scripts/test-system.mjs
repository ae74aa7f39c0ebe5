// The same tests on the system's libmosquitto, in an addon of its own beside the ordinary one; those of TLS and of other
// transports than TCP are not among them yet (system-tests.json), and run when they are named.
import { readFileSync } from 'node:fs';
import { buildSystemAddon } from './lib/addon.mjs';
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { broker, peers } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { inRoot } from './lib/paths.mjs';
import { runTests, selectTests } from './lib/tests.mjs';
import { compile } from './lib/tsc.mjs';
import { needsOf } from './libmosquitto/ensure.mjs';

/** @type {string[]} */
const usual = JSON.parse(readFileSync(inRoot('scripts', 'system-tests.json'), 'utf8'));
const words = process.argv.slice(2);

await main(async () => {
  await ensurePackages([...needsOf('system'), broker, ...peers], 'running the tests');
  await ensureNodeModules();
  const addon = await buildSystemAddon();
  await compile(['.', 'test', 'examples']);
  return runTests(selectTests(words.length > 0 ? words : usual), { LIBMOSQUITTO_ADDON: addon });
});
