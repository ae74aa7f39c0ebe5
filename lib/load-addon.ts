import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

// Finds the addon's file and loads it; where that fails, says all that is needed to mend it.

const root = join(__dirname, '..');
const chosen = process.env['LIBMOSQUITTO_ADDON'];
const { platform, arch } = process;

/** Thrown by loading this package, when its native addon is missing or cannot be loaded. `cause` is the error behind it. */
export class AddonLoadError extends Error {
  /** To be told from other errors of loading a module. */
  readonly code = 'ERR_LIBMOSQUITTO_ADDON';
  readonly platform: string = platform;
  readonly arch: string = arch;
  /** The C library in use, such as 'glibc 2.36' or 'musl'; '' on other systems than Linux. */
  readonly libc: string = libc();
  /** Where the addon was looked for, in this order. */
  readonly looked_for: readonly string[];

  /** @internal */
  constructor(looked_for: readonly string[], advice: string, cause: unknown) {
    super('', { cause });
    this.looked_for = looked_for;
    const system = this.libc === '' ? `${platform}-${arch}` : `${platform}-${arch}, ${this.libc},`;
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    this.message = [
      `libmosquitto: its native addon could not be loaded on ${system} with Node ${process.version}.`,
      `  reason: ${reason}`,
      ...looked_for.map((place) => `  looked for: ${place}`),
      ...advice.split('\n').map((line) => `  ${line}`),
    ].join('\n');
  }

  override get name(): string {
    return 'AddonLoadError';
  }
}

/** As Node itself knows it. Takes several milliseconds: for an error's sake only. */
function libc(): string {
  if (platform !== 'linux') return '';
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header?.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`;
}

/** Under the permission model it is an error to ask for what may not be read. */
function exists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}

/** A build on this machine comes before the binary that the package brings. prebuildify gives the names. */
function candidates(): string[] {
  if (chosen) return [chosen];
  const musl = exists('/etc/alpine-release');
  const tag = platform === 'linux' ? (musl ? '.musl' : '.glibc') : '';
  return [
    join(root, 'build', 'Release', 'libmosquitto.node'),
    join(root, 'prebuilds', `${platform}-${arch}`, `libmosquitto${tag}.node`),
  ];
}

/** Platforms that the package brings a binary for. */
function prebuilt(): string {
  try {
    return readdirSync(join(root, 'prebuilds')).join(', ') || 'no platform';
  } catch {
    return 'no platform';
  }
}

function advice(cause: unknown): string {
  const permission: NodeJS.ProcessPermission | undefined = process.permission;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_DLOPEN_DISABLED') {
    return "Node's permission model forbids native addons: start node with --allow-addons too";
  }
  if (chosen) return 'LIBMOSQUITTO_ADDON says to load this one; without it the package looks for its own';
  if (permission !== undefined && !permission.has('fs.read', root)) {
    return `Node's permission model forbids to read the package: start node with --allow-fs-read=${quoted(root)} too`;
  }
  // Of the source, not of the package.
  if (exists(join(root, 'scripts', 'setup.mjs'))) return `to build it: cd ${quoted(root)} && npm run build`;
  return [
    `this package has a binary for: ${prebuilt()}`,
    'to build one here: npx libmosquitto build',
    `the same in any folder: node ${quoted(join(root, 'dist', 'cli', 'main.js'))} build`,
    `what that needs: ${join(root, 'docs', 'install.md')}`,
  ].join('\n');
}

/** For a POSIX shell. */
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

/** What the addon exports. */
export function load_addon(): unknown {
  const places = candidates();
  const addon: { exports: unknown } = { exports: {} };
  try {
    const file = places.find(exists);
    if (file === undefined) throw new Error('none of these files is there');
    process.dlopen(addon, file, dlopen_flags());
  } catch (error) {
    throw new AddonLoadError(places, advice(error), error);
  }
  return addon.exports;
}
