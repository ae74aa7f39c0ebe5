import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, test } from 'node:test';
import { type DynamicSymbol, dynamicSection, dynamicSymbols, FOREIGN } from '../native/addon';
import { ARCHITECTURES, type Architecture, OPENSSL, prebuild, prebuildFolder } from './prebuilds';

// Reads the prebuilt files for the facts that decide on which systems they load, and how they affect the process.

const MACHINES: Record<Architecture, string> = { x64: 'Advanced Micro Devices X86-64', arm64: 'AArch64' };
/** The C library's parts, Debian 11's names: in newer ones libc.so.6 has all of them. */
const C_LIBRARY = /^(libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|ld-linux-(x86-64\.so\.2|aarch64\.so\.1))$/;
const NEWEST_GLIBC = [2, 31];
const LARGEST = 8_000_000;
const ENTRY = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
// Weak references: the C run-time of any shared library has them, and works without.
const OPTIONAL = ['__gmon_start__', '_ITM_deregisterTMCloneTable', '_ITM_registerTMCloneTable'];

function readelf(...args: string[]): string {
  return execFileSync('readelf', ['--wide', ...args], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
}

/** The versions of glibc that the file requires, from the table that the dynamic linker checks. */
function versionsOf(file: string): string[] {
  const table = execFileSync('objdump', ['-T', file], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const found = [...table.matchAll(/\*UND\*\s+[0-9a-f]+\s+\(?([A-Z]+_[A-Z]*[\d.]*)\)?\s/g)].map(
    ([, name = '']) => name,
  );
  assert.ok(found.length > 50, table);
  return [...new Set(found)];
}

function isNewer([major = 0, minor = 0]: number[], [maxMajor = 0, maxMinor = 0]: number[]): boolean {
  return major > maxMajor || (major === maxMajor && minor > maxMinor);
}

const undefinedIn = (symbols: DynamicSymbol[]): DynamicSymbol[] => symbols.filter(({ type }) => 'Uwv'.includes(type));

for (const arch of ARCHITECTURES) {
  describe(`the prebuild for linux-${arch}`, () => {
    const file = prebuild(arch);
    const symbols = dynamicSymbols(file);
    const section = dynamicSection(file);
    const values = (tag: string): string[] => section.filter(([name]) => name === tag).map(([, value]) => value);

    test('is for that machine, and alone in its folder', () => {
      const header = readelf('--file-header', file);
      assert.equal(/Machine:\s+(.*)/.exec(header)?.[1], MACHINES[arch]);
      assert.match(header, /Type:\s+DYN/);
      assert.deepEqual(readdirSync(prebuildFolder(arch)), [basename(file)]);
    });

    test('asks for glibc 2.31 at most, so that Debian 11, Ubuntu 20.04 and RHEL 9 load it', () => {
      const newer = versionsOf(file).filter((name) => {
        const version = /^GLIBC_(\d+)\.(\d+)/.exec(name);
        return version === null || isNewer(version.slice(1).map(Number), NEWEST_GLIBC);
      });
      // GLIBCXX, CXXABI and GCC are not versions of glibc: they would be of a libstdc++ that may be missing.
      assert.deepEqual(newer, []);
    });

    test('needs the C library and nothing else', () => {
      const needed = values('NEEDED');
      assert.ok(needed.includes('libc.so.6'));
      assert.deepEqual(
        needed.filter((name) => !C_LIBRARY.test(name)),
        [],
      );
    });

    test('has no path to search libraries in', () => {
      assert.deepEqual([...values('RPATH'), ...values('RUNPATH')], []);
    });

    test('is bound when it is loaded, and read-only from then on; no stack and no text is both writable and code', () => {
      const segments = readelf('--segments', file);
      assert.match(segments, /^\s*GNU_RELRO\s/m);
      assert.match(segments, /^\s*GNU_STACK\s+(0x\w+\s+){5}RW\s/m);
      assert.doesNotMatch(segments, /^\s*LOAD\s.*\sRWE\s/m);
      assert.match(values('FLAGS').join(), /\bBIND_NOW\b/);
      assert.match(values('FLAGS').join(), /\bSYMBOLIC\b/);
      assert.doesNotMatch(values('FLAGS').join(), /\bTEXTREL\b/);
      assert.deepEqual(values('TEXTREL'), []);
    });

    test('is stripped', () => {
      const sections = [...readelf('--sections', file).matchAll(/^\s*\[\s*\d+\]\s+(\S+)/gm)].map(
        ([, name = '']) => name,
      );
      assert.ok(sections.includes('.text'));
      assert.deepEqual(
        sections.filter((name) => /^\.(symtab|strtab|z?debug|stab)/.test(name)),
        [],
      );
    });

    test('exports what Node looks for in an addon and nothing else', () => {
      const exported = symbols.filter(({ type }) => !'Uwv'.includes(type)).map(({ name }) => name);
      assert.deepEqual(exported.sort(), ENTRY);
    });

    test("asks the process for the C library's, Node-API's and libuv's names alone", () => {
      const open = undefinedIn(symbols);
      assert.deepEqual(
        open.map(({ name }) => name).filter((name) => FOREIGN.test(name)),
        [],
      );
      const unversioned = open.filter(({ version }) => version === '').map(({ name }) => name);
      assert.ok(unversioned.some((name) => name.startsWith('napi_')));
      assert.deepEqual(
        unversioned.filter((name) => !/^(napi_|node_api_|uv_)/.test(name) && !OPTIONAL.includes(name)),
        [],
      );
    });

    test('is smaller than 8 MB', () => {
      const { size } = statSync(file);
      assert.ok(size < LARGEST, `${size} bytes`);
    });

    test('names no folder of the machine that built it', () => {
      const text = readFileSync(file, 'latin1');
      assert.ok(text.includes('mosquitto/lib/'), 'the assertions of libmosquitto name its files');
      const folders = ['/build/', '/root/', '/home/', '/work/', '/tmp/', '/opt/', `${dirname(prebuildFolder(arch))}/`];
      assert.deepEqual(
        [...text.matchAll(/[\x21-\x7e]+/g)]
          .map(([word]) => word)
          .filter((word) => folders.some((folder) => word.includes(folder))),
        [],
      );
    });

    test('has the OpenSSL with long-term support inside', () => {
      assert.match(readFileSync(file, 'latin1'), OPENSSL);
    });
  });
}
