// Writes the results to a JSON file.

import { writeFileSync } from 'node:fs';
import type { Case } from './cases';
import type { Machine } from './machine';
import { metrics } from './metrics';
import type { Noise } from './noise';
import { medianOf, type Result, type Results, spreadOf } from './results';
import type { Verdict } from './targets';

function figures(result: Result): object {
  const { driver, runs, failures } = result;
  const shown = runs.length === 0 ? [] : metrics[result.one.work];
  const medians = Object.fromEntries(shown.map((metric) => [metric.id, medianOf(result, metric)]));
  const spreads = Object.fromEntries(shown.map((metric) => [metric.id, spreadOf(result, metric)]));
  return { client: driver.id, label: driver.label, medians, spreads, runs, failures };
}

export function writeJson(
  file: string,
  machine: Machine,
  noise: Noise,
  cases: readonly Case[],
  results: Results,
  targets: readonly Verdict[],
): void {
  const measured = cases.map((one) => ({
    ...one,
    results: results.all.filter((result) => result.one.id === one.id).map(figures),
  }));
  writeFileSync(file, `${JSON.stringify({ machine, noise, targets, cases: measured }, null, 2)}\n`);
}
