// `npx libmosquitto build`: builds the addon of an installed package where it is installed.
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
// Not at the top of the package: package managers take a binding.gyp there for an install script, and warn.
const gyp = inRoot('scripts', 'package', 'binding.gyp');

/** build/Release/libmosquitto.node of the package, which is preferred to its binaries. */
async function buildFromSource() {
  makePlace();
  const env = { ...nodeHeaders(), ...userPaths() };
  await ensurePackages(needsOf(chosenVariant()), 'building libmosquitto from source');
  // Elsewhere: make knows no names with spaces in them, and nothing but the result shall stay.
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

/** The folder of the result: a package that cannot be written to must not cost a build first. */
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
  // Into place at once: a program may be loading the one that it replaces.
  cpSync(built, `${product}.new`);
  renameSync(`${product}.new`, product);
  step(`built ${product}`);
}

await main(async () => {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined) throw new UserError(`libmosquitto build takes no argument such as '${argument}'`);
  if (existsSync(inRoot('scripts', 'setup.mjs'))) {
    throw new UserError('this is the source repository, where npm run build builds');
  }
  await buildFromSource();
});
