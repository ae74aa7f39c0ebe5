// npm run bench [-- OPTION...]: installs what the benchmark requires, and runs it; `--help` lists the options.
import { existsSync, statSync } from 'node:fs';
import { filesBelow, hashOf } from './lib/hash.mjs';
import { main, step } from './lib/log.mjs';
import { broker, cc, cmake, peers, pkgConfig, systemLibmosquitto } from './lib/needs.mjs';
import { inRoot } from './lib/paths.mjs';
import { mustOutput, output, run, status } from './lib/run.mjs';
import { unlessUpToDate } from './lib/stamp.mjs';
import { compile } from './lib/tsc.mjs';
import { ensureLibmosquitto } from './libmosquitto/ensure.mjs';
import { setup } from './setup.mjs';

/** The clients that the benchmark compares with ours; the package does not depend on them. */
async function ensureRivals() {
  const installed = inRoot('bench', 'node_modules', '.package-lock.json');
  const lock = inRoot('bench', 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('npm ci in bench/');
  // Without scripts: aws-crt's script would look for a build of its own, and the package has one for this platform.
  const options = ['--ignore-scripts', '--no-fund', '--no-audit'];
  await run('npm', ['ci', ...options], { cwd: inRoot('bench'), stdout: false });
}

/** The peer, and the C programs that ours is compared with. */
async function buildPrograms() {
  const folder = inRoot('build', 'bench-c');
  const library = await ensureLibmosquitto('static');
  const system = mustOutput('pkg-config', ['--libs', 'libmosquitto']);
  const inputs = ['bench/CMakeLists.txt', 'bench/peer', 'bench/c-client'].map((input) => inRoot(input));
  const key = hashOf(filesBelow(inputs), { library, system, compiler: output(cc, ['--version']) });
  await unlessUpToDate(`${folder}/c-client-system`, key, async () => {
    step('building the programs of the benchmark with cmake');
    const settings = [
      `-DSTATIC_VERSION=${library.version}`,
      `-DSTATIC_INCLUDES=${library.include_dirs.join(';')}`,
      `-DSTATIC_LIBRARIES=${library.libraries.join(';')}`,
      `-DSYSTEM_LIBRARIES=${system.split(/\s+/).join(';')}`,
    ];
    await run('cmake', ['-S', inRoot('bench'), '-B', folder, ...settings], { stdout: false });
    await run('cmake', ['--build', folder, '--parallel'], { stdout: false });
  });
}

await main(async () => {
  const args = process.argv.slice(2);
  const test = args[0] === '--test';
  await setup('the benchmark', [], [broker, cmake, pkgConfig, systemLibmosquitto, ...peers]);
  await ensureRivals();
  await buildPrograms();
  await compile(['bench']);
  const compiled = inRoot('build', 'bench', 'bench');
  if (!test) return status(process.execPath, [`${compiled}/runner/main.js`, ...args]);
  return status(process.execPath, [
    '--test',
    ...filesBelow([`${compiled}/test`]).filter((file) => /\.test\.js$/.test(file)),
  ]);
});
