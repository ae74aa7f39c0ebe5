// Makes a binary for this machine in prebuilds/, for the tests of the package. It does not replace a binary of
// `npm run prebuilds`, which runs on older systems too.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from '../lib/addon.mjs';
import { hashOf } from '../lib/hash.mjs';
import { inRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

const folder = inRoot('prebuilds', `${process.platform}-${process.arch}`);
const product = join(folder, 'libmosquitto.glibc.node');
// This file records which binary was made here, and from which addon.
const mark = join(folder, '.host-build');

export async function ensurePrebuild() {
  mkdirSync(folder, { recursive: true });
  const present = readdirSync(folder).some((name) => name.endsWith('.node'));
  const known = existsSync(mark) ? JSON.parse(readFileSync(mark, 'utf8')) : null;
  if (present && known?.product !== hashOf([product], '')) return;
  const addon = await buildAddon('static');
  if (present && known.addon === hashOf([addon], '')) return;
  await run(process.env.STRIP ?? 'strip', ['--strip-all', '-o', product, addon]);
  writeFileSync(mark, JSON.stringify({ addon: hashOf([addon], ''), product: hashOf([product], '') }));
}
