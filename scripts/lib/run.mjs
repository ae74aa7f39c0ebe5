// Runs other programs.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { UserError } from './log.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to the environment; undefined removes
 * @property {boolean} [stdout] false sends the command's output to stderr (default: inherited)
 */

/** @param {Record<string, string | undefined>} [env] */
function environment(env) {
  return { ...process.env, ...env };
}

/**
 * Runs a command with our standard streams and returns its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function status(command, args, { cwd = root, env, stdout = true } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: ['inherit', stdout ? 'inherit' : 2, 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? osConstants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a command and fails when it does.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function run(command, args, options) {
  const code = await status(command, args, options);
  if (code !== 0) throw new UserError(`failed with exit code ${code}: ${[command, ...args].join(' ')}`);
}

/**
 * Returns the output of a short command, or null when it is missing or fails.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function output(command, args, { cwd = root, env } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return result.status === 0 ? result.stdout.trim() : null;
}

/**
 * The same as output(), but prints the command's own error output and fails.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function mustOutput(command, args, { cwd = root, env } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (result.status !== 0) throw new UserError(`failed: ${[command, ...args].join(' ')}`);
  return result.stdout.trim();
}

/**
 * Returns the full path of a command, or null.
 * @param {string} name
 */
export function which(name) {
  // sbin has Debian's broker and is not in every user's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const paths = name.includes('/') ? [resolve(name)] : folders.map((folder) => join(folder, name));
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {}
  }
  return null;
}
