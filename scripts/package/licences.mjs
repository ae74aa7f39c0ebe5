// Makes THIRD-PARTY-LICENSES.txt: the licences that must accompany the binaries, word for word, from the sources.
import { writeFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';

const rule = '='.repeat(100);

/** @param {import('./linked-in.mjs').Component[]} components */
export function writeLicences(components) {
  const parts = components.map(({ name, version, license, what, text }) =>
    [rule, `${name} ${version}`, what, `Licence: ${license}`, rule, '', text.trim(), ''].join('\n'),
  );
  const head = 'What is linked into the binaries of this package, and under which licences. See THIRD-PARTY.md.\n';
  writeFileSync(inRoot('THIRD-PARTY-LICENSES.txt'), [head, ...parts].join('\n'));
}
