// Installs the packages of package.json.
import { existsSync, statSync } from 'node:fs';
import { step } from './log.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';

/** Installs the locked versions of the packages in package.json, unless they are installed. */
export async function ensureNodeModules() {
  const installed = inRoot('node_modules', '.package-lock.json');
  const lock = inRoot('package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('npm ci');
  // dev: the build tools are devDependencies, which NODE_ENV=production would omit.
  await run('npm', ['ci', '--include=dev', '--no-fund', '--no-audit'], { stdout: false });
}
