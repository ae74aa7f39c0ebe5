// Compiles TypeScript.
import { existsSync } from 'node:fs';
import { step } from './log.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Compiles projects and those that they refer to. A project that is up to date costs a second.
 * @param {string[]} projects folders
 */
export async function compile(projects) {
  step(`tsc ${projects.join(' ')}`);
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const folders = projects.map((project) => inRoot(project)).filter((folder) => existsSync(folder));
  await run(process.execPath, [tsc, '--build', ...folders], { stdout: false });
}
