import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { scaled } from '../support/wait';
import { filesIn, root, succeed, tarball } from './package';

// Tests that the tarball contains these files and no others.

const limit = { timeout: scaled(60_000) };

describe('the tarball', () => {
  let unpacked = '';
  let files: string[] = [];
  const read = (name: string): string => readFileSync(join(unpacked, name), 'utf8');
  const below = (folder: string): string[] => files.filter((file) => file.startsWith(folder));

  const cwd = mkdtempSync(join(tmpdir(), 'libmosquitto-contents-'));
  after(() => rmSync(cwd, { recursive: true }));
  before(async () => {
    await succeed('tar', ['-xzf', tarball()], { cwd });
    unpacked = join(cwd, 'package');
    files = filesIn(unpacked);
  });

  test('has these files at its top and no others', limit, () => {
    assert.deepEqual(
      files.filter((file) => !file.includes('/')),
      [
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'THIRD-PARTY-LICENSES.txt',
        'THIRD-PARTY.md',
        'package.json',
        'sbom.cdx.json',
      ],
    );
  });

  test('has these folders and no others', limit, () => {
    const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    assert.deepEqual([...folders], ['dist', 'docs', 'examples', 'native', 'prebuilds', 'scripts']);
  });

  // An install script, or a binding.gyp at the top, makes package managers warn, or refuse.
  test('brings no other package, no script that runs at its installation, and a command', limit, () => {
    const manifest = JSON.parse(read('package.json'));
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.optionalDependencies, undefined);
    assert.equal(manifest.gypfile, false);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
      assert.equal(manifest.scripts[name], undefined, name);
    }
    assert.deepEqual(manifest.bin, { libmosquitto: './dist/cli/main.js' });
    assert.ok(read('dist/cli/main.js').startsWith('#!/usr/bin/env node\n'));
  });

  test('has the compiled JavaScript and the types of each source of lib', limit, () => {
    const sources = filesIn(join(root, 'lib'));
    const compiled = sources
      .filter((name) => !name.endsWith('.d.ts'))
      .flatMap((name) => [`dist/${name.replace(/\.ts$/, '.d.ts')}`, `dist/${name.replace(/\.ts$/, '.js')}`]);
    assert.deepEqual(below('dist/'), compiled.sort());
  });

  test('has binaries of the addon and nothing else of prebuilds', limit, () => {
    const binaries = below('prebuilds/');
    assert.ok(binaries.some((file) => file.startsWith(`prebuilds/${process.platform}-${process.arch}/`)));
    for (const file of binaries) assert.match(file, /^prebuilds\/linux-(x64|arm64)\/libmosquitto(\.\w+)?\.node$/);
  });

  test('has the sources of the addon, all that are compiled or included', limit, () => {
    const all = filesIn(join(root, 'native')).map((file) => `native/${file}`);
    // Only this repository needs the settings of the linters.
    assert.deepEqual(
      below('native/'),
      all.filter((file) => !file.includes('/.')),
    );
  });

  test('has the documents and the examples of the repository', limit, () => {
    const all = (folder: string): string[] => filesIn(join(root, folder)).map((file) => `${folder}/${file}`);
    assert.deepEqual(below('docs/'), all('docs'));
    assert.deepEqual(
      below('examples/'),
      all('examples').filter((file) => !file.endsWith('tsconfig.json')),
    );
  });

  // Readers follow the links on npm's site, in an editor, and in node_modules.
  test('has what the links of its documents lead to, README.md first', limit, () => {
    const dead: string[] = [];
    for (const page of ['README.md', ...files.filter((file) => file.endsWith('.md') && file !== 'README.md')]) {
      const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
      if (page === 'README.md') assert.ok(links.length > 20, String(links.length));
      for (const target of links) {
        const place = join(dirname(page), target).replace(/\/$/, '');
        if (!files.some((file) => file === place || file.startsWith(`${place}/`))) dead.push(`${page}: ${target}`);
      }
    }
    assert.deepEqual(dead, []);
  });

  test('has the scripts that a build from source runs, and none that only this repository needs', limit, () => {
    const needed = new Set<string>();
    const visit = (file: string): void => {
      if (needed.has(file)) return;
      needed.add(file);
      const text = readFileSync(join(root, file), 'utf8');
      for (const [, path = ''] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
        visit(relative(root, join(root, dirname(file), path)));
      }
    };
    visit('scripts/package/build-from-source.mjs');
    visit('scripts/libmosquitto/config.mjs');
    assert.deepEqual(below('scripts/'), [...needed, 'scripts/package/binding.gyp'].sort());
    assert.equal(read('scripts/package/binding.gyp'), readFileSync(join(root, 'binding.gyp'), 'utf8'));
  });

  test('names in its notices all that is linked into the binaries, with the texts that must go with it', limit, () => {
    const notices = read('THIRD-PARTY-LICENSES.txt');
    for (const name of ['libmosquitto', 'OpenSSL', 'picohttpparser', 'uthash', 'node-addon-api', 'curl']) {
      assert.match(notices, new RegExp(`^${name}\\b.* \\S+$`, 'm'), name);
      assert.match(read('THIRD-PARTY.md'), new RegExp(name), name);
    }
    const holders = ['Roger A. Light', 'OpenSSL Project Authors', 'Kazuho Oku', 'Troy D. Hanson', 'Daniel Stenberg'];
    for (const holder of holders) assert.ok(notices.includes(holder), holder);
    const titles = ['Eclipse Distribution License - v 1.0', 'Apache License', 'TERMS AND CONDITIONS'];
    for (const title of titles) assert.ok(notices.includes(title), title);
  });

  test(
    'lists in its bill of materials what it depends on and what is linked in, in the versions of the binaries',
    limit,
    () => {
      const bom = JSON.parse(read('sbom.cdx.json'));
      assert.equal(bom.bomFormat, 'CycloneDX');
      const { version } = JSON.parse(read('package.json'));
      assert.equal(bom.metadata.component.purl, `pkg:npm/libmosquitto@${version}`);
      const versions = new Map<string, string>(
        bom.components.map((part: { name: string; version: string }) => [part.name, part.version]),
      );
      const { libmosquitto } = build_info();
      assert.equal(versions.get('libmosquitto'), libmosquitto);
      for (const file of below('prebuilds/')) {
        const binary = readFileSync(join(unpacked, file), 'latin1');
        assert.ok(binary.includes(`OpenSSL ${versions.get('OpenSSL')} `), `${file}: ${versions.get('OpenSSL')}`);
        const dynamic = binary.includes('libstdc++.so.6');
        assert.equal(versions.has('libstdc++ and libgcc'), !dynamic, file);
      }
      const refs = bom.components.map((part: { 'bom-ref': string }) => part['bom-ref']);
      assert.equal(new Set(refs).size, refs.length);
      const root_entry = bom.dependencies.find((entry: { ref: string }) => entry.ref === `libmosquitto@${version}`);
      assert.deepEqual([...root_entry.dependsOn].sort(), [...refs].sort());
    },
  );

  test('does not name the machine that made it', limit, () => {
    for (const file of files.filter((name) => !name.endsWith('.node'))) {
      const text = readFileSync(join(unpacked, file), 'utf8');
      assert.ok(!text.includes(root), `${file} names ${root}`);
      assert.doesNotMatch(text, /\/home\/\w+|\/tmp\/\w+\//, file);
    }
  });
});
