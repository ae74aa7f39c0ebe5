// Collects the results of all rounds.

import type { Case } from './cases';
import type { Driver } from './drivers';
import type { Report } from './measure';
import { type Metric, median, spread } from './metrics';

export interface Result {
  readonly one: Case;
  readonly driver: Driver;
  readonly runs: Report[];
  readonly failures: string[];
}

/** All measurements, by case and driver. */
export class Results {
  readonly #results = new Map<string, Result>();

  of(one: Case, driver: Driver): Result {
    const key = `${one.id} ${driver.id}`;
    let result = this.#results.get(key);
    if (result === undefined) {
      result = { one, driver, runs: [], failures: [] };
      this.#results.set(key, result);
    }
    return result;
  }

  get all(): Result[] {
    return [...this.#results.values()];
  }

  /** The largest number of rounds of a case. */
  get rounds(): number {
    return Math.max(0, ...this.all.map(({ runs }) => runs.length));
  }

  /** The drivers of a case that have figures. */
  measured(caseId: string): Result[] {
    return this.all.filter(({ one, runs }) => one.id === caseId && runs.length > 0);
  }
}

export function valuesOf(result: Result, metric: Metric): number[] {
  return result.runs.map((report) => metric.of(report));
}

export function medianOf(result: Result, metric: Metric): number {
  return median(valuesOf(result, metric));
}

export function spreadOf(result: Result, metric: Metric): number {
  return spread(valuesOf(result, metric));
}

/** The best of one side: of the other clients for Node, or of the C programs on our libmosquitto. */
export function best(results: readonly Result[], side: Driver['side'], metric: Metric): Result | null {
  const candidates = results.filter(({ driver }) => driver.side === side);
  const sign = metric.better === 'more' ? -1 : 1;
  return candidates.sort((a, b) => sign * (medianOf(a, metric) - medianOf(b, metric)))[0] ?? null;
}
