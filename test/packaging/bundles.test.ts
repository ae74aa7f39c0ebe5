import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { folderFor, installed, peerFile, root, run, succeed } from './package';
import { commonjs, esm, program, smoke } from './smoke';

// Tests the package's code in a bundle without its addon: the error, and each of the remedies that the error names.

const limit = { timeout: scaled(180_000) };
const broker = sharedBroker();

/**
 * Each is a program that is run with the bundler's file, the entry, the bundle's file and the name of the external
 * package.
 */
const esbuild = `
const [bundler, entry, outfile, ...external] = process.argv.slice(2);
const format = outfile.endsWith('.mjs') ? 'esm' : 'cjs';
require(bundler).build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format, external });
`;

const webpack = `
const { basename, dirname } = require('node:path');
const [bundler, entry, outfile, ...external] = process.argv.slice(2);
require(bundler)(
  {
    mode: 'production',
    target: 'node',
    context: dirname(entry),
    entry,
    output: { path: dirname(outfile), filename: basename(outfile) },
    externals: Object.fromEntries(external.map((name) => [name, 'commonjs ' + name])),
  },
  (error, stats) => {
    if (error === null && !stats.hasErrors()) return;
    console.error(error ?? stats.toString());
    process.exitCode = 1;
  },
);
`;

const rollup = `
const [bundler, entry, outfile, ...external] = process.argv.slice(2);
const load = require('node:module').createRequire(bundler);
const commonjs = load('@rollup/plugin-commonjs');
const { nodeResolve } = load('@rollup/plugin-node-resolve');
const plugins = [nodeResolve({ preferBuiltins: true }), commonjs()];
const format = outfile.endsWith('.mjs') ? 'es' : 'cjs';
require(bundler).rollup({ input: entry, plugins, external }).then((bundle) => bundle.write({ file: outfile, format }));
`;

const bundlers: [name: string, driver: string, file: () => string, entry: [string, string], outfile: string][] = [
  [
    'esbuild, as CommonJS',
    esbuild,
    () => join(root, 'node_modules', 'esbuild', 'lib', 'main.js'),
    ['user.mjs', esm],
    'b.cjs',
  ],
  ['webpack, as CommonJS', webpack, () => peerFile('webpack'), ['user.cjs', commonjs], 'b.cjs'],
  ['rollup, as CommonJS', rollup, () => peerFile('rollup'), ['user.mjs', esm], 'b.cjs'],
  ['rollup, as an ECMAScript module', rollup, () => peerFile('rollup'), ['user.mjs', esm], 'b.mjs'],
];

for (const [title, driver, file, [name, text], outfile] of bundlers) {
  const bundle = async (t: TestContext, to: string, ...external: string[]): Promise<{ cwd: string; made: string }> => {
    const cwd = await installed(t);
    const made = join(to || cwd, 'app', outfile);
    const args = [program(cwd, 'driver.cjs', driver), file(), program(cwd, name, text), made, ...external];
    await succeed(process.execPath, args, { cwd });
    return { cwd, made };
  };

  test(`${title}: a bundle without its addon says what to do, and that works`, limit, async (t) => {
    const { cwd, made } = await bundle(t, folderFor(t, 'deployed'));
    const { code, stderr: all } = await run(process.execPath, [made, String(broker().port)], { cwd: dirname(made) });
    assert.notEqual(code, 0);
    // Node prints the throwing line before the error: for a minified bundle, the whole bundle.
    const stderr = all.slice(all.lastIndexOf('libmosquitto: its native addon could not be loaded on'));
    assert.ok(all.includes('AddonLoadError') && stderr.length < all.length, all);
    assert.match(stderr, /^ {2}this code of libmosquitto is in a bundle; the native addon is a file beside it\./m);
    assert.doesNotMatch(stderr, /libmosquitto build|has a binary for/);
    for (const remedy of ['esbuild --external:libmosquitto', 'webpack externals: {', 'rollup external: [']) {
      assert.ok(stderr.includes(remedy), stderr);
    }
    const [, from = '', to = ''] = /or copy (\S+) to (\S+)$/m.exec(stderr) ?? [];
    assert.equal(to, join(dirname(made), 'prebuilds'));
    cpSync(join(cwd, from), to, { recursive: true });
    await smoke(process.execPath, [made], broker().port, { cwd: dirname(made) });
    // The other allowed place is beside the folder of the bundle.
    await succeed('mv', [to, dirname(dirname(made))], { cwd });
    await smoke(process.execPath, [made], broker().port, { cwd: dirname(made) });
  });

  test(`${title}: with the package left external it works`, limit, async (t) => {
    const { cwd, made } = await bundle(t, '', 'libmosquitto');
    await smoke(process.execPath, [made], broker().port, { cwd });
  });
}
