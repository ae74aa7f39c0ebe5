import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build_info } from 'libmosquitto';

/** The file that this process has loaded the addon from. */
export function addonFile(): string {
  build_info();
  const found = new Set(readFileSync('/proc/self/maps', 'utf8').match(/\/.*\.node$/gm));
  const [file, ...others] = found;
  if (file === undefined || others.length > 0) throw new Error(`loaded addons: ${[...found].join(', ')}`);
  return realpathSync(file);
}

/** Returns whether native/libmosquitto/engine is linked in. Without it packets are written and read one by one. */
export function hasEngine(): boolean {
  const file = join(dirname(require.resolve('libmosquitto/package.json')), 'dist', 'native', 'binding.js');
  return (require(file) as { binding: { engine: boolean } }).binding.engine;
}

export interface DynamicSymbol {
  readonly name: string;
  /** As nm has it: U undefined, w weak and undefined, T code, ... */
  readonly type: string;
  /** 'GLIBC_2.34' and the like; '' when the symbol has none. */
  readonly version: string;
}

/** The output of a tool about a file. */
function inspect(tool: string, args: string[]): string {
  // A sanitizer that this process has preloaded would check the tool, so the tool runs without it.
  const { LD_PRELOAD: _ours, ...env } = process.env;
  return execFileSync(tool, args, { encoding: 'utf8', env: { ...env, LC_ALL: 'C' }, maxBuffer: 64 * 1024 * 1024 });
}

/** The symbols that the dynamic linker sees. */
export function dynamicSymbols(file: string): DynamicSymbol[] {
  const lines = inspect('nm', ['--dynamic', '--with-symbol-versions', file]).trim().split('\n');
  return lines.map((line) => {
    const [, type = '', name = '', version = ''] = /(\S) ([^@\s]+)(?:@+(\S+))?$/.exec(line) ?? [];
    return { name, type, version };
  });
}

export interface ObjectSymbol {
  /** The object file's name, without its suffix. */
  readonly object: string;
  readonly name: string;
  /** As in DynamicSymbol. */
  readonly type: string;
}

/** The symbols of object files, and of archives of them. */
export function objectSymbols(...files: string[]): ObjectSymbol[] {
  const lines = inspect('nm', ['--print-file-name', '--format=posix', ...files]).split('\n');
  // archive[member.o]: name type, or file.o: name type.
  return lines.flatMap((line) => {
    const [, object = '', name = '', type = ''] = /([^/[]+)\.o\]?: (\S+) (\S)/.exec(line) ?? [];
    return name === '' ? [] : [{ object, name, type }];
  });
}

/** The entries of the dynamic section, such as ['NEEDED', 'libc.so.6']. */
export function dynamicSection(file: string): Array<[tag: string, value: string]> {
  const text = inspect('readelf', ['--dynamic', '--wide', file]);
  return [...text.matchAll(/^ 0x[0-9a-f]+ \((\w+)\)\s+(.*)$/gm)].map(([, tag = '', value = '']) => [
    tag,
    /\[(.*)\]/.exec(value)?.[1] ?? value,
  ]);
}

/** Returns whether these symbols are of a sanitizer's build. Its runtime intercepts calls of the C library. */
export function isSanitized(symbols: DynamicSymbol[]): boolean {
  return symbols.some(({ name }) => /^__[at]san_init$/.test(name));
}

/** Names of OpenSSL's, c-ares' and libmosquitto's functions and variables. */
export const FOREIGN =
  /^_?(SSL|TLS|DTLS|OPENSSL|OSSL|CRYPTO|EVP|BIO|BN|EC|ERR|RAND|RSA|DH|DSA|HMAC|PEM|PKCS\d+|X509|X509V3|ASN1|CONF|ENGINE|UI|OCSP|SHA\d+|d2i|i2d|sk|ares|mosquitto)_/;
