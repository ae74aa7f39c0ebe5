// Finds the native addon and loads it. If that fails, the error names the places where the addon was looked for, the reason,
// and the remedy.

import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { EVENT_RECORDS_VERSION } from './event-records-version';

// A bundler may have moved this code. Rollup leaves no __dirname in an ECMAScript module: the program's folder replaces it.
const here = typeof __dirname === 'string' ? __dirname : dirname(process.argv[1] ?? '');
const { platform, arch } = process;

/** Whether this code is a part of a bundle, and not dist/native/load-addon.js of the package. */
const bundled = !exists(join(here, 'load-addon.js'));
/** The package's folder. In a bundle, the bundle's folder replaces dist. */
const root = bundled ? join(here, '..') : join(here, '..', '..');

/** A runtime that loads Node's addons, but lacks functions of libuv that this addon calls. */
interface Runtime {
  readonly name: 'Bun' | 'Deno';
  readonly version: string;
}

/** Detects such a runtime before the addon is loaded: Bun aborts the process when an addon calls a function that Bun lacks. */
function other_runtime(): Runtime | null {
  const { bun, deno }: NodeJS.ProcessVersions = process.versions;
  if (bun !== undefined) return { name: 'Bun', version: bun };
  return deno === undefined ? null : { name: 'Deno', version: deno };
}

/** Thrown by loading this package, when its native addon is missing or cannot be loaded. `cause` is the error behind it. */
export class AddonLoadError extends Error {
  /** Distinguishes this error from other errors of loading a module. */
  readonly code = 'ERR_LIBMOSQUITTO_ADDON';
  /** process.platform. */
  readonly platform: string = platform;
  /** process.arch. */
  readonly arch: string = arch;
  /** The C library in use, such as 'glibc 2.36' or 'musl'; '' on other systems than Linux, and in Bun and Deno. */
  readonly libc: string;
  /** The places where the addon was looked for, in this order; nowhere in Bun and Deno. */
  readonly looked_for: readonly string[];

  /** @internal */
  constructor(looked_for: readonly string[], advice: string, cause: unknown) {
    super('', { cause });
    const { name, version } = other_runtime() ?? { name: 'Node', version: process.version };
    this.libc = name === 'Node' ? libc() : '';
    this.looked_for = looked_for;
    const system = this.libc === '' ? `${platform}-${arch}` : `${platform}-${arch}, ${this.libc},`;
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    this.message = [
      `libmosquitto: its native addon could not be loaded on ${system} with ${name} ${version}.`,
      `  reason: ${reason}`,
      ...looked_for.map((place) => `  looked for: ${place}`),
      ...advice.split('\n').map((line) => `  ${line}`),
    ].join('\n');
  }

  /** 'AddonLoadError'. */
  override get name(): string {
    return 'AddonLoadError';
  }
}

/** Returns the C library as Node's report names it. It takes several milliseconds, so only the error calls it. */
function libc(): string {
  if (platform !== 'linux') return '';
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header?.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`;
}

/** Returns false also for a path that Node's permission model forbids to read: existsSync() throws for it. */
function exists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}

/** Returns the addon that the user has chosen. No other is tried then. */
function chosen(): string | undefined {
  return process.env['LIBMOSQUITTO_ADDON'];
}

/** Returns the places to look in: a build on this machine precedes the package's binary. prebuildify defines the names. */
function candidates(): string[] {
  const named = chosen();
  if (named) return [named];
  const musl = exists('/etc/alpine-release');
  const tag = platform === 'linux' ? (musl ? '.musl' : '.glibc') : '';
  const prebuild = join('prebuilds', `${platform}-${arch}`, `libmosquitto${tag}.node`);
  const first = bundled ? join(here, prebuild) : join(root, 'build', 'Release', 'libmosquitto.node');
  return [first, join(root, prebuild)];
}

/** Returns the names of the platforms that the package has a binary for. */
function prebuilt(): string {
  try {
    return readdirSync(join(root, 'prebuilds')).join(', ') || 'no platform';
  } catch {
    return 'no platform';
  }
}

/** Thrown when the addon and the package's JavaScript were not built together: they would misread each other's events. */
class VersionError extends Error {
  readonly file: string;

  constructor(file: string, version: number | undefined) {
    super(
      `${file} has version ${shown(version)} of the event records, this JavaScript ${shown(EVENT_RECORDS_VERSION)}`,
    );
    this.file = file;
  }

  /** Tells how to get an addon and JavaScript that belong together. */
  get advice(): string {
    if (chosen())
      return 'LIBMOSQUITTO_ADDON says to load this one: name an addon that was built with this package, or none';
    if (bundled) {
      return [
        'this code of libmosquitto is in a bundle; make the bundle again,',
        `and copy node_modules/libmosquitto/prebuilds to ${join(here, 'prebuilds')}`,
      ].join('\n');
    }
    if (in_checkout()) return `to build both: cd ${quoted(root)} && npm run build`;
    if (this.file.startsWith(join(root, 'build'))) return 'to build it again for this package: npx libmosquitto build';
    return 'install the package again: npm install --force libmosquitto';
  }
}

/** Shows a version of the event records. The first addons had none. */
function shown(version: number | undefined): string {
  return version === undefined ? 'none' : version.toString(16).padStart(8, '0');
}

function check_version(addon: unknown, file: string): void {
  const { event_records_version } = addon as { event_records_version?: number };
  if (event_records_version !== EVENT_RECORDS_VERSION) throw new VersionError(file, event_records_version);
}

/** Returns whether this is a checkout of the source, which has scripts, and not the package. */
function in_checkout(): boolean {
  return exists(join(root, 'scripts', 'setup.mjs'));
}

function advice(cause: unknown): string {
  if (cause instanceof VersionError) return cause.advice;
  const permission: NodeJS.ProcessPermission | undefined = process.permission;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_DLOPEN_DISABLED') {
    return "Node's permission model forbids native addons: start node with --allow-addons too";
  }
  if (chosen()) return 'LIBMOSQUITTO_ADDON says to load this one; without it the package looks for its own';
  if (permission !== undefined && !permission.has('fs.read', root)) {
    return `Node's permission model forbids to read the package: start node with --allow-fs-read=${quoted(root)} too`;
  }
  if (bundled) {
    return [
      'this code of libmosquitto is in a bundle; the native addon is a file beside it. Either leave the package external:',
      "  esbuild --external:libmosquitto; webpack externals: { libmosquitto: 'commonjs libmosquitto' };",
      "  rollup external: ['libmosquitto']",
      `or copy node_modules/libmosquitto/prebuilds to ${join(here, 'prebuilds')}`,
    ].join('\n');
  }
  if (in_checkout()) return `to build it: cd ${quoted(root)} && npm run build`;
  return [
    `this package has a binary for: ${prebuilt()}`,
    'to build one here: npx libmosquitto build',
    `the same in any folder: node ${quoted(join(root, 'dist', 'cli', 'main.js'))} build`,
    `what that needs: ${join(root, 'docs', 'install.md')}`,
  ].join('\n');
}

/** Quotes a path for a POSIX shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

// RTLD_DEEPBIND binds a shared libmosquitto's OpenSSL references to the OpenSSL it was linked with, instead of the
// other copy that node itself exports. The sanitizers' runtimes refuse it.
function dlopen_flags(): number {
  const { RTLD_NOW, RTLD_DEEPBIND } = constants.dlopen;
  const sanitizer = /lib(a|t|l|ub)san|clang_rt/.test(process.env['LD_PRELOAD'] ?? '');
  return sanitizer || RTLD_DEEPBIND === undefined ? RTLD_NOW : RTLD_NOW | RTLD_DEEPBIND;
}

/** Loads the addon and returns its exports. */
export function load_addon(): unknown {
  const other = other_runtime();
  if (other !== null) {
    const cause = new Error(`${other.name} lacks functions of libuv that the addon calls`);
    const advice = `libmosquitto does not support ${other.name} yet: run the program with Node.js 20 or newer`;
    throw new AddonLoadError([], advice, cause);
  }
  const places = candidates();
  const addon: { exports: unknown } = { exports: {} };
  try {
    const file = places.find(exists);
    if (file === undefined) throw new Error('none of these files is there');
    process.dlopen(addon, file, dlopen_flags());
    check_version(addon.exports, file);
  } catch (error) {
    throw new AddonLoadError(places, advice(error), error);
  }
  return addon.exports;
}
