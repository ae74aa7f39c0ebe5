import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build_info } from 'libmosquitto';
import { addonFile, type ObjectSymbol, objectSymbols } from './addon';

// Tests the functions that the linker wraps. Its --wrap changes only undefined references, and reports no name that no
// object refers to. A new
// version of libmosquitto may call a wrapped function from other files, or no longer: its wrapper is then dead, and the
// fault that it repairs is back.

const root = dirname(require.resolve('libmosquitto/package.json'));
const folder = join(root, 'native', 'libmosquitto');
const own = ['repairs', 'engine'].flatMap((part) =>
  readdirSync(join(folder, part))
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => join(part, name)),
);
const release = join(root, 'build', 'Release');

async function script(name: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(join(root, 'scripts', 'libmosquitto', name)).href);
}

function namesOf(symbols: readonly ObjectSymbol[]): string[] {
  return [...new Set(symbols.map(({ name }) => name))].sort();
}

function wraps(): void {
  let callers: Record<string, string[]> = {};
  let ofEngine: string[] = [];
  let library: ObjectSymbol[] = [];
  let hooks: ObjectSymbol[] = [];

  before(async () => {
    const [wrap, file, ensure] = await Promise.all(['wrap.mjs', 'config-file.mjs', 'ensure.mjs'].map(script));
    callers = wrap?.['callers'] as typeof callers;
    ofEngine = wrap?.['ofEngine'] as typeof ofEngine;
    const variantFolder = file?.['variantFolder'] as (variant: unknown) => string;
    const chosenVariant = ensure?.['chosenVariant'] as () => unknown;
    library = objectSymbols(join(variantFolder(chosenVariant()), 'lib', 'libmosquitto.a'));
    hooks = objectSymbols(join(release, 'obj.target', 'libmosquitto', 'native', 'driver', 'libc_hooks.o'));
  });

  const symbolsOf = (part: string, defined: boolean) =>
    library.filter(({ object, type }) => object.startsWith(`${part}-`) && (type === 'T') === defined);
  const definedBy = (part: string) => namesOf(symbolsOf(part, true));
  /** The functions of the one folder that files of the other refer to. */
  const usedBetween = (from: string, to: string) => {
    const there = new Set(definedBy(to));
    return namesOf(symbolsOf(from, false)).filter((name) => there.has(name));
  };

  test('each __wrap_ function is in the list for the linker, and each name in the list has one', () => {
    const defined = [...library, ...hooks].filter(({ name, type }) => name.startsWith('__wrap_') && type === 'T');
    assert.deepEqual(
      namesOf(defined),
      Object.keys(callers)
        .map((name) => `__wrap_${name}`)
        .sort(),
    );
  });

  test('the objects of the library that call a wrapped function are those that its wrapper is meant for', () => {
    const upstream = library.filter(({ object, type }) => type === 'U' && !/^(repairs|engine)-/.test(object));
    const found = Object.keys(callers).map((name) => {
      const objects = upstream.filter((symbol) => symbol.name === name).map(({ object }) => object);
      return [name, objects.sort()] as const;
    });
    assert.deepEqual(Object.fromEntries(found), callers);
  });

  test('each wrapped function is called from an object other than its own', () => {
    const unreached = Object.keys(callers).filter((name) => callers[name]?.length === 0);
    assert.deepEqual(unreached, []);
  });

  test('a build without the engine lacks exactly the wrappers of engine/', () => {
    const wrappers = definedBy('engine').filter((name) => name.startsWith('__wrap_'));
    assert.deepEqual(wrappers, ofEngine.map((name) => `__wrap_${name}`).sort());
  });

  // The engine can be left out, and a repair can be understood without it.
  test('repairs/ calls the hooks of engine/ alone, and engine/ calls nothing of repairs/', () => {
    const hooks = readFileSync(join(folder, 'hooks.h'), 'utf8').split('#else')[0] ?? '';
    const called = usedBetween('repairs', 'engine');
    assert.ok(called.includes('engine_deliver'), called.join());
    assert.deepEqual(
      called.filter((name) => !new RegExp(`\\b${name}\\(`).test(hooks)),
      [],
    );
    assert.deepEqual(usedBetween('engine', 'repairs'), []);
  });

  // A copied prototype still compiles after upstream has changed the function.
  test("wrapped functions are declared from the library's headers, by __typeof__", () => {
    const copied = own.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/^[a-z][^;{}=]*\b__(?:real|wrap)_\w+\([^;{]*\);/gm)].map(
        ([prototype]) => `${name}: ${prototype}`,
      ),
    );
    assert.deepEqual(copied, []);
  });
}

// Other builds of the addon have other objects, or delete theirs. The linker of macOS has no --wrap, and a
// build as for macOS renames the functions.
const renames = process.platform !== 'linux' || process.env['LIBMOSQUITTO_POSIX'] === '1';
if (!renames && build_info().linkage === 'static' && addonFile() === join(release, 'libmosquitto.node')) {
  describe("functions in front of the library's", wraps);
}
