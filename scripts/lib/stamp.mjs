// Skips the steps of a build whose inputs have not changed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UserError } from './log.mjs';

/**
 * Does the work only when the key differs from that of the last time, or when the product is missing.
 * @param {string} product a file
 * @param {string} key
 * @param {() => Promise<void>} work
 */
export async function unlessUpToDate(product, key, work) {
  const stamp = `${product}.key`;
  if (existsSync(product) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  await work();
  if (!existsSync(product)) throw new UserError(`the build succeeded without making ${product}`);
  writeFileSync(stamp, key);
}
