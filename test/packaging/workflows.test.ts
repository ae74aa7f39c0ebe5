import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { root } from './package';

// Tests the workflows of GitHub Actions as far as possible without running them: scripts, permissions and time limits.

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly needs?: string | string[];
  readonly permissions?: Record<string, string>;
  readonly 'timeout-minutes'?: number;
  readonly steps: Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const folder = join(root, '.github', 'workflows');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

for (const file of readdirSync(folder)) {
  describe(`workflow ${file}`, () => {
    const text = readFileSync(join(folder, file), 'utf8');
    const workflow: Workflow = parse(text);
    const jobs = Object.entries(workflow.jobs);

    test('runs scripts that there are', () => {
      const named = [...text.matchAll(/\bnpm (?:run ([\w:]+)|(test))/g)].map(([, run, own]) => run ?? own ?? '');
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      );
    });

    test('reads the repository only, ends in time, and waits for jobs that there are', () => {
      assert.deepEqual(workflow.permissions, { contents: 'read' });
      for (const [name, job] of jobs) {
        assert.ok((job['timeout-minutes'] ?? 0) > 0, name);
        for (const needed of [job.needs ?? []].flat()) assert.ok(needed in workflow.jobs, needed);
        for (const step of job.steps) assert.ok((step.run === undefined) !== (step.uses === undefined), name);
      }
    });

    test('names a version of each action', () => {
      const actions = jobs.flatMap(([, job]) => job.steps.flatMap((step) => step.uses ?? []));
      for (const action of actions) assert.match(action, /^[\w-]+\/[\w-]+@v\d+$/);
    });
  });
}

test('only the job that publishes may ask for an identity, and it runs nothing of the repository', () => {
  const release: Workflow = parse(readFileSync(join(folder, 'release.yml'), 'utf8'));
  const trusted = Object.entries(release.jobs).filter(([, job]) => job.permissions?.['id-token'] === 'write');
  assert.deepEqual(
    trusted.map(([name]) => name),
    ['publish'],
  );
  const steps = trusted.flatMap(([, job]) => job.steps);
  assert.ok(steps.every((step) => !step.uses?.startsWith('actions/checkout')));
  const commands = steps.flatMap((step) => step.run ?? []);
  assert.deepEqual(commands.length, 1);
  assert.match(commands[0] ?? '', /^npm publish .*--provenance .*--ignore-scripts$/);
});
