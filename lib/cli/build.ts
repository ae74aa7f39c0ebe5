import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command';

const script = join(__dirname, '..', '..', 'scripts', 'package', 'build-from-source.mjs');

/** `npx libmosquitto build`: compiles the addon of the installed package, in a process of its own. */
export const build: Command = {
  summary: 'compiles the native addon for this machine; docs/install.md says what that needs',
  run: (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    }),
};
