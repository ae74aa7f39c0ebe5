import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { barePath, installed, nodeLines, nodeOfLine, root, succeed } from './package';
import { commonjs, esm, program, smoke, subclass, typescript } from './smoke';

// Tests the package as a user gets it: installs the tarball into an empty folder, without install scripts and without a
// compiler in PATH, and runs programs there.

const limit = { timeout: scaled(180_000) };
const broker = sharedBroker();

/** The version is this checkout's: the compiler that made the package also checks it. */
function pinned(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `${name}@${devDependencies[name]}`;
}

describe('installed without scripts and without a compiler', () => {
  test('moves messages from an ECMAScript module and from CommonJS, on every line of Node', limit, async (t) => {
    const cwd = await installed(t);
    const path = barePath(t);
    for (const line of nodeLines) {
      const node = nodeOfLine(line);
      assert.match(await succeed(node, ['--version'], { cwd }), new RegExp(`^v${line}\\.`));
      const info = await smoke(node, [program(cwd, 'user.mjs', esm)], broker().port, { cwd, path });
      assert.match(info.libmosquitto, /^2\.1\.\d+$/);
      assert.match(info.openssl, /^OpenSSL 3\./);
      await smoke(node, [program(cwd, 'user.cjs', commonjs)], broker().port, { cwd, path });
    }
  });

  test('every name that CommonJS has can be imported by name', limit, async (t) => {
    const cwd = await installed(t);
    const names = JSON.parse(
      await succeed(
        process.execPath,
        ['-p', "JSON.stringify(Object.keys(require('libmosquitto')).filter((name) => name !== '__esModule'))"],
        { cwd },
      ),
    );
    assert.ok(names.length > 200, String(names.length));
    const imports = `import * as all from 'libmosquitto';
import { ${names.join(', ')} } from 'libmosquitto';
const known = { ${names.join(', ')} };
console.log(Object.entries(known).every(([name, value]) => value !== undefined && value === all[name]));`;
    for (const line of nodeLines) {
      assert.equal(await succeed(nodeOfLine(line), [program(cwd, 'names.mjs', imports)], { cwd }), 'true');
    }
  });

  test(
    'has types for subclasses and options under each strict setting, as module and as CommonJS',
    limit,
    async (t) => {
      const cwd = await installed(t, { others: [pinned('typescript'), pinned('@types/node')] });
      const tsc = join(cwd, 'node_modules', 'typescript', 'bin', 'tsc');
      const strict = ['--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false', '--noEmit'];
      const resolution = ['--module', 'node16', '--moduleResolution', 'node16'];
      for (const [name, override, options] of [
        ['plain', '', []],
        ['noImplicitOverride', 'override ', ['--noImplicitOverride']],
        ['exactOptionalPropertyTypes', '', ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']],
        ['noPropertyAccessFromIndexSignature', '', ['--noPropertyAccessFromIndexSignature', '--isolatedModules']],
      ] as const) {
        const text = subclass.replaceAll('OVERRIDE ', override);
        const files = [program(cwd, `${name}.mts`, text), program(cwd, `${name}.cts`, text)];
        await succeed(process.execPath, [tsc, ...strict, ...resolution, ...options, ...files], { cwd });
      }
    },
  );

  test('has types for strict TypeScript, under node16 and bundler; what that compiles runs', limit, async (t) => {
    const cwd = await installed(t, { others: [pinned('typescript'), pinned('@types/node')] });
    const tsc = join(cwd, 'node_modules', 'typescript', 'bin', 'tsc');
    const strict = ['--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false'];
    program(cwd, 'module.mts', typescript);
    program(cwd, 'common.cts', typescript);
    program(cwd, 'bundled.ts', typescript);
    const node16 = ['--module', 'node16', '--moduleResolution', 'node16'];
    await succeed(process.execPath, [tsc, ...strict, ...node16, 'module.mts', 'common.cts'], { cwd });
    const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'];
    await succeed(process.execPath, [tsc, ...strict, ...bundler, 'bundled.ts'], { cwd });
    for (const line of nodeLines) {
      await smoke(nodeOfLine(line), [join(cwd, 'module.mjs')], broker().port, { cwd });
      await smoke(nodeOfLine(line), [join(cwd, 'common.cjs')], broker().port, { cwd });
    }
  });
});
