// Builds the addon of an installed package where it is installed.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { step, UserError } from '../lib/log.mjs';
import { nodeHeaders } from '../lib/node-headers.mjs';
import { fromUser, inRoot } from '../lib/paths.mjs';
import { run, which } from '../lib/run.mjs';
import { chosenVariant, needsOf } from '../libmosquitto/ensure.mjs';

const parts = ['binding.gyp', 'package.json', 'native', 'scripts'];

/** build/Release/libmosquitto.node of the package, which is preferred to its binaries. */
export async function buildFromSource() {
  const tool = nodeGyp();
  await ensurePackages(needsOf(chosenVariant()), 'building libmosquitto from source');
  // Elsewhere: make knows no names with spaces in them, and nothing but the result shall stay.
  const folder = mkdtempSync(join(temporary(), 'libmosquitto-build-'));
  try {
    for (const part of parts) cpSync(inRoot(part), join(folder, part), { recursive: true });
    const headers = dirname(createRequire(inRoot('package.json')).resolve('node-addon-api'));
    cpSync(headers, join(folder, 'node_modules', 'node-addon-api'), { recursive: true, dereference: true });
    const args = [tool, 'configure', 'build', '--jobs', String(availableParallelism()), '-C', folder];
    await run(process.execPath, args, { env: { ...nodeHeaders(), ...userPaths() }, stdout: false });
    install(join(folder, 'build', 'Release', 'libmosquitto.node'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function temporary() {
  const folder = realpathSync(tmpdir());
  return /^[\w./-]+$/.test(folder) ? folder : '/tmp';
}

/** A build's relative paths are meant from where the user typed the command, not from the temporary folder. */
function userPaths() {
  const names = ['LIBMOSQUITTO_SOURCE', 'LIBMOSQUITTO_OPENSSL', 'LIBMOSQUITTO_CACHE'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = process.env[name];
      return path ? [[name, fromUser(path)]] : [];
    }),
  );
}

/** @param {string} built */
function install(built) {
  const product = inRoot('build', 'Release', 'libmosquitto.node');
  mkdirSync(dirname(product), { recursive: true });
  // Into place at once: a program may be loading the one that it replaces.
  cpSync(built, `${product}.new`);
  renameSync(`${product}.new`, product);
  step(`built ${product}`);
}

/** Every package manager brings one, and tells its scripts where; without one there is npm's. */
function nodeGyp() {
  const told = process.env.npm_config_node_gyp;
  if (told && existsSync(told)) return told;
  const npm = which('npm');
  const inNpm = npm && resolve(dirname(realpathSync(npm)), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (inNpm && existsSync(inNpm)) return inNpm;
  throw new UserError('npm is needed to build from source, for the node-gyp in it; it comes with Node.js');
}
