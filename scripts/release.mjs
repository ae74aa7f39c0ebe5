// npm run release -- major|minor|patch|VERSION [--dry-run]
//
// Makes a release without publishing it: it runs checks and tests, makes binaries and package, updates changelog and version,
// and makes the commit and the tag.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, step, UserError } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { mustOutput, run } from './lib/run.mjs';
import { released } from './package/changelog.mjs';
import { platforms } from './package/platforms.mjs';

const changed = ['package.json', 'package-lock.json', 'CHANGELOG.md'];

/** @param {string} current @param {string | undefined} wanted */
function nextVersion(current, wanted) {
  const [major = 0, minor = 0, patch = 0] = current.split('.').map(Number);
  const kinds = new Map([
    ['major', `${major + 1}.0.0`],
    ['minor', `${major}.${minor + 1}.0`],
    ['patch', `${major}.${minor}.${patch + 1}`],
  ]);
  const version = kinds.get(wanted ?? '') ?? wanted ?? '';
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new UserError(`'${wanted ?? ''}' is none of ${[...kinds.keys()].join(', ')} nor a version such as 1.2.3`);
  }
  return version;
}

/**
 * @param {string} version
 * @param {unknown} repository of package.json
 */
function ensureReleasable(version, repository) {
  if (!repository) {
    throw new UserError(
      'package.json names no repository, and npm accepts no provenance statement without it. To set it:\n' +
        '  npm pkg set repository.type=git repository.url=git+https://HOST/OWNER/NAME.git',
    );
  }
  const dirty = mustOutput('git', ['status', '--porcelain']);
  if (dirty !== '') throw new UserError(`there are changes that are not committed:\n${dirty}`);
  const branch = mustOutput('git', ['branch', '--show-current']);
  if (branch !== 'main') throw new UserError(`a release needs the branch main, not ${branch || 'a detached HEAD'}`);
  const tag = mustOutput('git', ['tag', '--list', `v${version}`]);
  if (tag !== '') throw new UserError(`${tag} exists`);
}

/** @param {string} version */
async function pack(version) {
  const folder = inRoot('build', 'release');
  mkdirSync(folder, { recursive: true });
  const tarball = join(folder, `libmosquitto-${version}.tgz`);
  rmSync(tarball, { force: true });
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { stdout: false });
  const files = mustOutput('tar', ['-tzf', tarball]).split('\n');
  const missing = platforms.filter(
    (platform) => !files.some((file) => file.startsWith(`package/prebuilds/${platform}/`)),
  );
  if (missing.length > 0) throw new UserError(`${tarball} has no binary for ${missing.join(', ')}`);
  return tarball;
}

/** @param {string} version @param {string} changelog */
async function release(version, changelog) {
  await run('npm', ['run', 'check:bundled'], { stdout: false });
  await run('npm', ['run', 'prebuilds'], { stdout: false });
  await run('bash', [inRoot('.ci', 'run')], { stdout: false });
  try {
    const same = ['--no-git-tag-version', '--allow-same-version', '--ignore-scripts'];
    await run('npm', ['version', version, ...same], { stdout: false });
    writeFileSync(inRoot('CHANGELOG.md'), changelog);
    const tarball = await pack(version);
    await run('git', ['commit', '--quiet', '--message', `Release ${version}`, '--', ...changed], { stdout: false });
    await run('git', ['tag', '--annotate', '--message', `Release ${version}`, `v${version}`], { stdout: false });
    return tarball;
  } catch (error) {
    await run('git', ['checkout', '--quiet', 'HEAD', '--', ...changed], { stdout: false });
    throw error;
  }
}

await main(async () => {
  const words = process.argv.slice(2);
  const dry = words.includes('--dry-run');
  const { version: current, repository } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const version = nextVersion(
    current,
    words.find((word) => word !== '--dry-run'),
  );
  ensureReleasable(version, repository);
  const date = new Date().toISOString().slice(0, 10);
  const { text, notes } = released(readFileSync(inRoot('CHANGELOG.md'), 'utf8'), version, date);
  step(`${current} -> ${version}, with these notes:\n\n${notes}\n`);
  if (dry) {
    step(
      'a dry run: nothing was changed. A real one runs npm run check:bundled, npm run prebuilds and .ci/run, sets the',
    );
    step(`version, packs into build/release, commits and makes the tag v${version}`);
    return;
  }
  const tarball = await release(version, text);
  step(`made ${tarball} and the tag v${version}. To publish: git push --follow-tags origin main`);
  step('(the workflow "release" publishes each tag, with provenance)');
});
