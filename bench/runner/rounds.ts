// Runs the rounds of measurements.

import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import type { Driver } from './drivers';
import { descriptorLimit } from './limits';
import { measure } from './measure';
import { Results } from './results';
import type { Settings } from './settings';

/** The number of descriptors that a process has open besides its connections, with a reserve. */
const OTHER_DESCRIPTORS = 100;

export interface Plan {
  readonly cases: readonly Case[];
  readonly drivers: readonly Driver[];
  settings(one: Case): Settings;
  /** The largest number of rounds; cases that no target depends on have fewer. */
  rounds(one: Case): number;
  /** After the first round, no round begins that would end later; in seconds from now. */
  readonly budget: number;
}

/**
 * Runs round after round. Each round has every case of every driver once. The drivers of a case run one after the
 * other, so that other work of the machine affects all of them alike.
 */
export async function runRounds(plan: Plan, certificates: () => Certificates): Promise<Results> {
  const results = new Results();
  const begun = performance.now();
  const most = Math.max(0, ...plan.cases.map((one) => plan.rounds(one)));
  for (let round = 0; round < most; round++) {
    const elapsed = (performance.now() - begun) / 1000;
    if (round > 0 && (elapsed / round) * (round + 1) > plan.budget) break;
    for (const one of plan.cases) {
      if (round < plan.rounds(one)) await runCase(results, one, plan, round, certificates);
    }
  }
  return results;
}

async function runCase(
  results: Results,
  one: Case,
  plan: Plan,
  round: number,
  certificates: () => Certificates,
): Promise<void> {
  if (one.connections + OTHER_DESCRIPTORS > descriptorLimit()) {
    if (round === 0) process.stderr.write(`${one.id}: a process may have ${descriptorLimit()} descriptors only\n`);
    return;
  }
  const able = rotated(plan.drivers, round).filter((driver) => driver.lacks(one) === null);
  const run = (driver: Driver): Promise<void> => add(results, one, driver, plan.settings(one), round, certificates);
  // The growth over minutes does not depend on other processes. All clients run at once, because one after the other would
  // take an hour.
  if (one.work === 'memory') await Promise.all(able.map(run));
  else for (const driver of able) await run(driver);
}

/** The order changes, so that no client is always the first after a pause, or always behind the same other. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}

async function add(
  results: Results,
  one: Case,
  driver: Driver,
  settings: Settings,
  round: number,
  certificates: () => Certificates,
): Promise<void> {
  const result = results.of(one, driver);
  progress(`round ${round + 1}, ${one.title}: ${driver.label}`);
  try {
    result.runs.push(await measure(one, driver, settings, certificates));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    result.failures.push(text);
    progress('');
    process.stderr.write(`${one.id} ${driver.id}: ${text}\n`);
  } finally {
    progress('');
  }
}

/** Prints one line that is overwritten, if the output is a terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
