import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { callbacks } from './callbacks';
import type { Chapter } from './chapter';
import { connection } from './connection';
import { helpers } from './helpers';
import { library } from './library';
import { messages } from './messages';
import { options } from './options';
import { security } from './security';
import { traffic } from './traffic';

// Tests each function of libmosquitto's manual, which is its header, by using it for its purpose.

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

const manual: Chapter = {
  ...library,
  ...connection,
  ...messages,
  ...security,
  ...options,
  ...traffic,
  ...callbacks,
  ...helpers,
};

/** A header in scripts/c-api.json; `none` is the reason why a function is not exposed. */
interface Header {
  readonly none?: string;
  readonly functions: Record<string, { readonly none?: string }>;
}

for (const [header, uses] of Object.entries(manual)) {
  describe(header, () => {
    for (const [name, use] of Object.entries(uses)) test(`${name}()`, limit, (t) => use(t, broker()));
  });
}

test('these are all functions but those that docs/c-api.md gives the reason for', () => {
  const file = join(dirname(require.resolve('libmosquitto/package.json')), 'scripts', 'c-api.json');
  // test/native/c-api.test.ts compares this file with the headers, and docs/c-api.md with it.
  const { headers } = JSON.parse(readFileSync(file, 'utf8')) as { headers: Record<string, Header> };
  const exposed = Object.entries(headers).map(([header, { none, functions }]): [string, string[]] => {
    const names = Object.entries(functions).filter(([, fate]) => fate.none === undefined);
    return [header, none === undefined ? names.map(([name]) => name) : []];
  });
  assert.deepEqual(
    Object.entries(manual).map(([header, uses]) => [header, Object.keys(uses)]),
    exposed.filter(([, names]) => names.length > 0),
  );
});
