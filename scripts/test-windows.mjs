// npm run test:windows: makes the binary for Windows and tests it under Wine. Wine proves less than Windows would.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './lib/apt.mjs';
import { main } from './lib/log.mjs';
import { broker, peers, wine } from './lib/needs.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { cache } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { packagingTests, runTests } from './lib/tests.mjs';
import { compile } from './lib/tsc.mjs';
import { ensureNodeForWindows } from './prebuild/node.mjs';
import { buildForWindows } from './prebuild/windows.mjs';

const prefix = join(cache, 'prebuild', 'wine');
const env = { WINEPREFIX: prefix, WINEARCH: 'win64', WINEDEBUG: '-all', LIBMOSQUITTO_WINE: wine.path };

await main(async () => {
  await ensurePackages([wine, broker, ...peers], 'testing the binary for Windows');
  await ensureNodeModules();
  const addon = await buildForWindows();
  const node = await ensureNodeForWindows();
  if (!existsSync(join(prefix, 'system.reg'))) {
    mkdirSync(prefix, { recursive: true });
    await run(wine.path, ['wineboot', '-i'], { env, stdout: false });
    // Node refuses older versions of Wine.
    await run(wine.path, ['winecfg', '-v', 'win10'], { env, stdout: false });
  }
  await compile(['.', 'test']);
  return runTests(packagingTests(['packaging/windows.']), {
    ...env,
    LIBMOSQUITTO_ADDON_WINDOWS: addon,
    LIBMOSQUITTO_NODE_WINDOWS: node,
  });
});
