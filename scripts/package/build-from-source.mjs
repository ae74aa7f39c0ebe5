// `npx libmosquitto build`: builds the addon of an installed package in the package's folder.
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensurePackages } from '../lib/apt.mjs';
import { main, step, UserError } from '../lib/log.mjs';
import { nodeHeaders } from '../lib/node-headers.mjs';
import { fromUser, inRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { chosenVariant, needsOf } from '../libmosquitto/ensure.mjs';
import { buildTools } from './build-tools.mjs';

const parts = ['package.json', 'native', 'scripts'];
const product = inRoot('build', 'Release', 'libmosquitto.node');
// Not at the top of the package, because package managers take a binding.gyp there for an install script, and warn.
const gyp = inRoot('scripts', 'package', 'binding.gyp');

/** The result, build/Release/libmosquitto.node of the package, which is preferred to its binaries. */
async function buildFromSource() {
  makePlace();
  const env = { ...nodeHeaders(), ...userPaths() };
  await ensurePackages(needsOf(chosenVariant()), 'building libmosquitto from source');
  // The build runs in a temporary folder: make does not support names with spaces, and only the result should stay.
  const folder = mkdtempSync(join(temporary(), 'libmosquitto-build-'));
  try {
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    const { nodeAddonApi, nodeGyp } = await buildTools(tools);
    for (const part of parts) cpSync(inRoot(part), join(folder, part), { recursive: true });
    cpSync(gyp, join(folder, 'binding.gyp'));
    cpSync(nodeAddonApi, join(folder, 'node_modules', 'node-addon-api'), { recursive: true, dereference: true });
    const args = [nodeGyp, 'configure', 'build', '--jobs', String(availableParallelism()), '-C', folder];
    await run(process.execPath, args, { env, stdout: false });
    install(join(folder, 'build', 'Release', 'libmosquitto.node'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests the folder of the result first, so that a read-only package does not cost a build. */
function makePlace() {
  try {
    mkdirSync(dirname(product), { recursive: true });
    accessSync(dirname(product), constants.W_OK);
  } catch (error) {
    throw new UserError(`the result of the build cannot be stored: ${error instanceof Error ? error.message : error}`);
  }
}

function temporary() {
  const folder = realpathSync(tmpdir());
  return /^[\w./-]+$/.test(folder) ? folder : '/tmp';
}

/** Relative paths are relative to the folder in which the user typed the command, not to the temporary folder. */
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
  // A rename replaces the file at once, because a program may be loading the old one.
  cpSync(built, `${product}.new`);
  renameSync(`${product}.new`, product);
  step(`built ${product}`);
}

await main(async () => {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined) throw new UserError(`libmosquitto build takes no argument such as '${argument}'`);
  if (existsSync(inRoot('scripts', 'setup.mjs'))) {
    throw new UserError('this is the source repository; here the command is npm run build');
  }
  await buildFromSource();
});
