import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { plainEnvironment } from '../support/environment';
import { defer } from '../support/scope';
import { scaled } from '../support/wait';

// The package as users get it: the tarball, folders that it is installed into, and the programs that run there.

export const root = dirname(require.resolve('libmosquitto/package.json'));

/** Runs a script of scripts/package and returns its output: paths of files, which it makes if they are missing. */
function made(script: string, ...args: string[]): string {
  const file = join(root, 'scripts', 'package', script);
  return execFileSync(process.execPath, [file, ...args], { encoding: 'utf8', env: ordinary() }).trim();
}

/** The path of the tarball that `npm pack` makes of this checkout. */
export function tarball(): string {
  return made('test-tarball.mjs');
}

/** The program `node` of a line of Node's versions, such as '22'. */
export function nodeOfLine(line: string): string {
  return made('nodes.mjs', line);
}

/** The file of a package manager, runtime or bundler of scripts/package/peers.mjs. */
export function peerFile(name: string): string {
  return made('peers.mjs', name);
}

/** A package manager or another runtime than Node: its program, and the arguments before those of the user. */
export function peer(name: string): readonly [program: string, ...args: string[]] {
  const path = peerFile(name);
  return path.endsWith('.js') ? [nodeOfLine('24'), path] : [path];
}

export const nodeLines = ['20', '22', '24', '26'];

/** The environment of a user, without the variables of the tests and of the npm that runs them. */
function ordinary(): NodeJS.ProcessEnv {
  const entries = Object.entries(plainEnvironment());
  const ours =
    /^(npm_(?!config_(registry|cache|userconfig|globalconfig|nodedir))|LIBMOSQUITTO_|NODE_TEST_CONTEXT|NODE_OPTIONS|INIT_CWD)/;
  return Object.fromEntries(entries.filter(([name]) => !ours.test(name)));
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string | undefined>;
  /** All programs that can be found without a path. */
  readonly path?: string;
}

/** Runs a program to its end. */
export function run(program: string, args: string[], options: RunOptions): Promise<Outcome> {
  const env = { ...ordinary(), ...options.env, ...(options.path === undefined ? {} : { PATH: options.path }) };
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), scaled(600_000));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs a program and returns its output; an exit code other than 0 is an error with all output. */
export async function succeed(program: string, args: string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${code}\n${stdout}\n${stderr}`);
  return stdout.trim();
}

/** An empty folder that is removed with the test. */
export function folderFor(t: TestContext, name = 'user'): string {
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'libmosquitto-package-'));
  defer(t, () => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

const npmProgram = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());

/** A folder to be the whole PATH: no compiler, no make, no Python, and only this one of Node's versions. */
export function barePath(t: TestContext, ...programs: string[]): string {
  const folder = folderFor(t, 'bin');
  symlinkSync(process.execPath, join(folder, 'node'));
  for (const name of ['sh', ...programs]) {
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name));
  }
  return folder;
}

/** Runs npm as a user does in a folder. */
export function npmRun(args: string[], options: RunOptions): Promise<Outcome> {
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  return run(process.execPath, [npmProgram, ...quiet, ...args], options);
}

export interface InstallOptions {
  readonly name?: string;
  /** Further packages to install: packages of npm's, or paths of this checkout's. */
  readonly others?: string[];
  readonly package?: string;
}

/** A folder where a user has installed the tarball: without install scripts, without a compiler. */
export async function installed(t: TestContext, options: InstallOptions = {}): Promise<string> {
  const cwd = folderFor(t, options.name);
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n');
  const packages = [options.package ?? tarball(), ...(options.others ?? [])];
  const { code, stdout, stderr } = await npmRun(['install', '--ignore-scripts', ...packages], {
    cwd,
    path: barePath(t),
  });
  if (code !== 0) throw new Error(`npm install: exit code ${code}\n${stdout}\n${stderr}`);
  return cwd;
}

/** The tarball of a package that has no binary for this machine. */
export async function withoutBinaries(t: TestContext): Promise<string> {
  const cwd = folderFor(t, 'unpacked');
  await succeed('tar', ['-xzf', tarball()], { cwd });
  rmSync(join(cwd, 'package', 'prebuilds'), { recursive: true });
  const bare = join(cwd, 'libmosquitto-bare.tgz');
  await succeed('tar', ['-czf', bare, 'package'], { cwd });
  return bare;
}

/** The files of this checkout that are not built, with the modules that `npm ci` would install. */
export function checkout(t: TestContext): string {
  const cwd = folderFor(t, 'checkout');
  const folders = ['lib', 'native', 'scripts', 'examples'];
  const files = ['binding.gyp', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];
  for (const name of [...folders, ...files]) {
    cpSync(join(root, name), join(cwd, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'));
  return cwd;
}

/** The files below a folder, relative to it, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
