// Prints the results as a table.

import type { Case } from './cases';
import { columns } from './columns';
import { metrics } from './metrics';
import { best, medianOf, type Result, type Results, spreadOf } from './results';

function ratio(result: Result, to: Result | null): string {
  const [metric] = metrics[result.one.work];
  if (to === null || metric.ratio === false) return '';
  return `${(medianOf(result, metric) / medianOf(to, metric)).toFixed(2)}x`;
}

function rowsOf(one: Case, results: Results): string[][] {
  const shown = metrics[one.work];
  const [first] = shown;
  const measured = results.measured(one.id);
  const rival = best(measured, 'rival', first);
  const c = best(measured, 'c', first);
  const head = [one.title, ...shown.map(({ title }) => title), '±', 'of the best rival', 'of C'];
  const body = results.all
    .filter((result) => result.one.id === one.id)
    .map((result) => {
      const { driver, failures, runs } = result;
      if (runs.length === 0) return [`  ${driver.label}`, `failed: ${failures[0] ?? ''}`];
      const noise = `${(spreadOf(result, first) * 100).toFixed(0)} %${failures.length > 0 ? `, ${failures.length} failed` : ''}`;
      const figures = shown.map((metric) => metric.print(medianOf(result, metric)));
      return [`  ${driver.label}`, ...figures, noise, ratio(result, rival), ratio(result, c)];
    });
  return [head, ...body];
}

/** Medians of all rounds, and ratios, case by case. */
export function printTable(cases: readonly Case[], results: Results): string {
  return cases.map((one) => `${columns(rowsOf(one, results)).join('\n')}\n`).join('\n');
}
