import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build_info } from 'libmosquitto';
import { addonFile, type ObjectSymbol, objectSymbols } from './addon';

// The linker's --wrap changes undefined references alone, and says nothing about a name that no object refers to. A new
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
  let library: ObjectSymbol[] = [];
  let hooks: ObjectSymbol[] = [];

  before(async () => {
    const [wrap, file, ensure] = await Promise.all(['wrap.mjs', 'config-file.mjs', 'ensure.mjs'].map(script));
    callers = wrap?.['callers'] as typeof callers;
    const variantFolder = file?.['variantFolder'] as (variant: unknown) => string;
    const chosenVariant = ensure?.['chosenVariant'] as () => unknown;
    library = objectSymbols(join(variantFolder(chosenVariant()), 'lib', 'libmosquitto.a'));
    hooks = objectSymbols(join(release, 'obj.target', 'libmosquitto', 'native', 'driver', 'libc_hooks.o'));
  });

  test('each __wrap_ function is one that the linker is told of, and the other way round', () => {
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

// Other builds of the addon have objects of their own, or none that are kept. The linker of macOS has no --wrap, and a
// build as for macOS renames the functions.
const renames = process.platform !== 'linux' || process.env['LIBMOSQUITTO_POSIX'] === '1';
if (!renames && build_info().linkage === 'static' && addonFile() === join(release, 'libmosquitto.node')) {
  describe("functions in front of the library's", wraps);
}
