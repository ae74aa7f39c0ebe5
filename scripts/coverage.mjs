// npm run coverage [-- WORD...]: reports which lines of TypeScript, C++ and C the tests reach. With words, it runs only the
// tests whose file names contain one of them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { nativeLines, resetNative } from './coverage/native.mjs';
import { table, uncovered } from './coverage/table.mjs';
import { compileWithMaps, scriptLines } from './coverage/typescript.mjs';
import { buildWithCMake } from './lib/addon.mjs';
import { ensurePackages } from './lib/apt.mjs';
import { main, step } from './lib/log.mjs';
import { broker, cmake, peers } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { runTests, selectTests } from './lib/tests.mjs';
import { compile } from './lib/tsc.mjs';
import { needsOf } from './libmosquitto/ensure.mjs';

const build = inRoot('build-coverage');
const records = inRoot('build-coverage', 'v8');
const list = inRoot('build-coverage', 'uncovered.txt');

await main(async () => {
  await ensurePackages([...needsOf('static'), cmake, broker, ...peers], 'running the tests');
  await ensureNodeModules();
  const addon = await buildWithCMake('coverage');
  await compile(['.', 'test', 'examples']);
  await compileWithMaps();
  resetNative(build);
  rmSync(records, { recursive: true, force: true });
  mkdirSync(records, { recursive: true });
  const code = await runTests(selectTests(process.argv.slice(2)), {
    LIBMOSQUITTO_ADDON: addon,
    LIBMOSQUITTO_TEST_SLOW: '2',
    NODE_V8_COVERAGE: records,
  });
  const files = new Map([...(await scriptLines(records)), ...nativeLines(build)]);
  writeFileSync(list, uncovered(files));
  console.log(table(files));
  step(`the lines that no test reached: ${relative(root, list)}`);
  return code;
});
