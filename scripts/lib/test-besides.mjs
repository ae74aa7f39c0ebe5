// Tests a variant of the addon, such as the one on the system's libmosquitto, without a change of the ordinary build.
import { needsOf } from '../libmosquitto/ensure.mjs';
import { buildBesides } from './addon.mjs';
import { ensurePackages } from './apt.mjs';
import { broker, peers } from './needs.mjs';
import { ensureNodeModules } from './npm.mjs';
import { runTests, selectTests } from './tests.mjs';
import { compile } from './tsc.mjs';

/**
 * Runs tests on a separate addon beside the ordinary one.
 * @param {Parameters<typeof buildBesides>[0]} variant
 * @param {string[]} words in the names of the tests
 */
export async function testBesides(variant, words) {
  await ensurePackages([...needsOf(variant), broker, ...peers], 'running the tests');
  await ensureNodeModules();
  const addon = await buildBesides(variant);
  await compile(['.', 'test', 'examples']);
  return runTests(selectTests(words), { LIBMOSQUITTO_ADDON: addon });
}
