import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import type { Driver } from './drivers';
import { descriptorLimit } from './limits';
import { measure } from './measure';
import { Results } from './results';
import type { Settings } from './settings';

/** Descriptors that a process has open besides its connections, with some room. */
const OTHER_DESCRIPTORS = 100;

export interface Plan {
  readonly cases: readonly Case[];
  readonly drivers: readonly Driver[];
  settings(one: Case): Settings;
  /** How often at most; cases that no target depends on have fewer rounds. */
  rounds(one: Case): number;
  /** No round begins that would end later, after the first; in seconds from now. */
  readonly budget: number;
}

/**
 * Round after round: every case of every driver once, the drivers of a case one after the other, so that what else the
 * machine does falls on all of them alike.
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
  // Growth over minutes is the same beside others: all at once, or it would take an hour.
  if (one.work === 'memory') await Promise.all(able.map(run));
  else for (const driver of able) await run(driver);
}

/** Nobody is always the first after a pause, or always behind the same other. */
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

/** One line that is written over, where there is somebody to see it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
