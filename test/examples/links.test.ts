import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(__dirname, '..', '..', '..');

function pages(): string[] {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...top, ...docs].map((name) => join(root, name));
}

// A file that was moved or renamed leaves broken links, which only readers would find.
test('links between the documents lead somewhere', { timeout: 60_000 }, () => {
  const dead: string[] = [];
  let links = 0;
  for (const page of pages()) {
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      links += 1;
      if (!existsSync(join(dirname(page), target))) dead.push(`${relative(root, page)}: ${target}`);
    }
  }
  assert.ok(links > 10);
  assert.deepEqual(dead, []);
});
