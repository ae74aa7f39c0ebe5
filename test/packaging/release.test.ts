import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scaled } from '../support/wait';
import { folderFor, type Outcome, root, run, succeed } from './package';

// Tests npm run release, in a repository whose tests and builds only record that they were run.

const limit = { timeout: scaled(60_000) };
const changelog = `# Changelog

Head.

## [Unreleased]

### Fixed

- A fault.

### Added

- One thing.

## [1.2.3] - 2026-01-01

### Added

- The rest.
`;

interface Repository {
  readonly cwd: string;
  git(...args: string[]): Promise<string>;
  release(...args: string[]): Promise<Outcome>;
  read(name: string): string;
}

async function repository(t: TestContext, platforms = ['linux-x64', 'linux-arm64']): Promise<Repository> {
  const cwd = folderFor(t, 'repository');
  cpSync(join(root, 'scripts'), join(cwd, 'scripts'), { recursive: true });
  const note = (what: string): string => `node -e "fs.appendFileSync('steps.log', '${what}\\n')"`;
  const prebuilds = platforms.map((name) => `mkdir -p prebuilds/${name} && echo > prebuilds/${name}/a.node`);
  const manifest = {
    name: 'libmosquitto',
    version: '1.2.3',
    repository: { type: 'git', url: 'git+https://example.invalid/libmosquitto.git' },
    files: ['prebuilds'],
    scripts: { 'check:bundled': note('bundled'), prebuilds: [note('prebuilds'), ...prebuilds].join(' && ') },
  };
  writeFileSync(join(cwd, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(
    join(cwd, 'package-lock.json'),
    JSON.stringify({ name: 'libmosquitto', version: '1.2.3', lockfileVersion: 3, packages: {} }),
  );
  writeFileSync(join(cwd, 'CHANGELOG.md'), changelog);
  writeFileSync(join(cwd, '.gitignore'), 'steps.log\n/build/\n/prebuilds/\n');
  mkdirSync(join(cwd, '.ci'));
  writeFileSync(join(cwd, '.ci', 'run'), `#!/bin/sh\n${note('tests')}\nexit 0\n`);
  chmodSync(join(cwd, '.ci', 'run'), 0o755);
  const person = { NAME: 'Tester', EMAIL: 'tester@example.invalid' };
  const env = Object.fromEntries(
    Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  const git = (...args: string[]): Promise<string> => succeed('git', args, { cwd, env });
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Begin');
  return {
    cwd,
    git,
    release: (...args) => run(process.execPath, ['scripts/release.mjs', ...args], { cwd, env }),
    read: (name) => readFileSync(join(cwd, name), 'utf8'),
  };
}

test(
  'runs the checks, makes binaries, version, changelog, package, commit and tag, and publishes nothing',
  limit,
  async (t) => {
    const { cwd, git, release, read } = await repository(t);
    const { code, stdout, stderr } = await release('minor');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.equal(read('steps.log'), 'bundled\nprebuilds\ntests\n');
    assert.equal(JSON.parse(read('package.json')).version, '1.3.0');
    assert.equal(JSON.parse(read('package-lock.json')).version, '1.3.0');
    const date = new Date().toISOString().slice(0, 10);
    const released = `## [Unreleased]

## [1.3.0] - ${date}

### Added

- One thing.

### Fixed

- A fault.

## [1.2.3]`;
    assert.equal(read('CHANGELOG.md'), changelog.replace(/## \[Unreleased\][\s\S]*## \[1\.2\.3\]/, released));
    assert.equal(await git('log', '-1', '--format=%s'), 'Release 1.3.0');
    assert.equal(await git('describe', '--exact-match'), 'v1.3.0');
    assert.equal(await git('status', '--porcelain'), '');
    const files = await succeed('tar', ['-tzf', join('build', 'release', 'libmosquitto-1.3.0.tgz')], { cwd });
    assert.match(files, /package\/prebuilds\/linux-arm64\/a\.node/);
    assert.match(stderr, /To publish: git push --follow-tags/);
  },
);

test('a dry run changes nothing and shows the notes', limit, async (t) => {
  const { cwd, git, release, read } = await repository(t);
  const { code, stderr } = await release('patch', '--dry-run');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /1\.2\.3 -> 1\.2\.4/);
  assert.match(stderr, /### Added\n\n- One thing\.\n\n### Fixed\n\n- A fault\./);
  assert.equal(existsSync(join(cwd, 'steps.log')), false);
  assert.equal(read('CHANGELOG.md'), changelog);
  assert.equal(await git('status', '--porcelain'), '');
  assert.equal(await git('tag'), '');
});

test('the section of a version that was begun under its number is released with the rest', limit, async (t) => {
  const { cwd, git, release } = await repository(t);
  const begun = changelog.replace('[1.2.3] - 2026-01-01', '[1.2.3] - unreleased');
  writeFileSync(join(cwd, 'CHANGELOG.md'), begun);
  await git('commit', '--quiet', '--all', '--message', 'Begin a section');
  const { code, stderr } = await release('1.2.3', '--dry-run');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /### Added\n\n- One thing\.\n- The rest\.\n\n### Fixed\n\n- A fault\./);
});

for (const [what, version, spoil, message] of [
  [
    'there are changes that are not committed',
    'patch',
    async ({ cwd }: Repository) => appendFileSync(join(cwd, 'CHANGELOG.md'), '\n'),
    /changes that are not committed:\n.*CHANGELOG\.md/,
  ],
  [
    'the branch is not main',
    'patch',
    ({ git }: Repository) => git('checkout', '--quiet', '-b', 'other'),
    /needs the branch main, not other/,
  ],
  ['the tag exists', 'patch', ({ git }: Repository) => git('tag', 'v1.2.4'), /v1\.2\.4 exists/],
  ['the version was released', '1.2.3', async () => undefined, /1\.2\.3 has been released/],
  ['the version is none', 'huge', async () => undefined, /'huge' is none of major, minor, patch/],
  [
    'package.json names no repository',
    'patch',
    async ({ cwd, git, read }: Repository) => {
      const { repository: _named, ...manifest } = JSON.parse(read('package.json'));
      writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
      await git('commit', '--quiet', '--all', '--message', 'Name none');
    },
    /package\.json names no repository/,
  ],
  [
    'nothing is new',
    'patch',
    async ({ cwd, git }: Repository) => {
      writeFileSync(join(cwd, 'CHANGELOG.md'), changelog.replace(/### Fixed[\s\S]*One thing\.\n/, ''));
      await git('commit', '--quiet', '--all', '--message', 'Nothing');
    },
    /the section \[Unreleased\]/,
  ],
] as const) {
  test(`stops at once when ${what}`, limit, async (t) => {
    const made = await repository(t);
    await spoil(made);
    const { code, stderr } = await made.release(version);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.equal(existsSync(join(made.cwd, 'steps.log')), false);
  });
}

test('without a binary for each platform there is no commit, no tag, and all is as it was', limit, async (t) => {
  const { git, release, read } = await repository(t, ['linux-x64']);
  const { code, stderr } = await release('minor');
  assert.equal(code, 1);
  assert.match(stderr, /has no binary for linux-arm64/);
  assert.equal(JSON.parse(read('package.json')).version, '1.2.3');
  assert.equal(read('CHANGELOG.md'), changelog);
  assert.equal(await git('status', '--porcelain'), '');
  assert.equal(await git('tag'), '');
});

test('when the tests fail there is no commit and no tag', limit, async (t) => {
  const { cwd, git, release } = await repository(t);
  writeFileSync(join(cwd, '.ci', 'run'), '#!/bin/sh\nexit 3\n');
  await git('commit', '--quiet', '--all', '--message', 'Fail');
  const { code, stderr } = await release('minor');
  assert.equal(code, 1);
  assert.match(stderr, /failed with exit code 3: .*\.ci\/run/);
  assert.equal(await git('tag'), '');
  assert.equal(await git('log', '-1', '--format=%s'), 'Fail');
});
