// Computes the figures of a kind of work, such as messages per second, from the numbers that a client printed.

import type { Work } from './cases';
import type { Report } from './measure';

/** A figure that is computed from the report of one run. */
export interface Metric {
  readonly id: string;
  readonly title: string;
  /** Whether more or less is better. */
  readonly better: 'more' | 'less';
  of(report: Report): number;
  print(value: number): string;
  /** False if a ratio would have no meaning. */
  readonly ratio?: false;
}

function field(report: Report, name: string): number {
  const value = report[name];
  if (value === undefined) throw new Error(`the report has no ${name}`);
  return value;
}

export function engineering(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(value >= 1e5 ? 0 : 1)} k`;
  return value.toFixed(value >= 100 ? 0 : 1);
}

function plainField(name: string, id: string, title: string, digits: number, scale = 1): Metric {
  return {
    id,
    title,
    better: 'less',
    of: (report) => field(report, name) / scale,
    print: (value) => value.toFixed(digits),
  };
}

export const RATE: Metric = {
  id: 'rate',
  title: 'messages/s',
  better: 'more',
  of: (report) => field(report, 'messages') / field(report, 'seconds'),
  print: engineering,
};

export const CPU: Metric = {
  id: 'cpu',
  title: 'µs CPU each',
  better: 'less',
  of: (report) => (field(report, 'cpuSeconds') / field(report, 'messages')) * 1e6,
  print: (value) => value.toFixed(2),
};

/** CPU time of the other end. As long as it is less than the client's own, the figures measure the client. */
const PEER_CPU: Metric = {
  id: 'peerCpu',
  title: "peer's µs",
  better: 'less',
  of: (report) => (field(report, 'peerCpuSeconds') / field(report, 'counted')) * 1e6,
  print: (value) => value.toFixed(2),
};

export const P50 = plainField('p50', 'p50', 'p50 µs', 1);
export const P99 = plainField('p99', 'p99', 'p99 µs', 1);
const P999 = plainField('p999', 'p999', 'p99.9 µs', 1);
export const MEMORY_EACH = plainField('bytesEach', 'memory', 'KiB each', 1, 1024);
const SETUP = plainField('seconds', 'setup', 's for all', 2);
export const STALL = plainField('delayP99', 'stall', 'p99 delay ms', 3);
const LONGEST_STALL = plainField('delayMax', 'stallMax', 'longest ms', 2);
const STARTUP = plainField('milliseconds', 'startup', 'ms', 1);
const GROWTH: Metric = { ...plainField('growthBytes', 'growth', 'MiB grown', 2, 1 << 20), ratio: false };
const RESIDENT = plainField('residentBytes', 'resident', 'MiB at the end', 1, 1 << 20);

/** The metrics of each kind of work. Ratios are given for the first one. */
export const metrics: Readonly<Record<Work, readonly [Metric, ...Metric[]]>> = {
  receive: [RATE, CPU, PEER_CPU],
  publish: [RATE, CPU, PEER_CPU],
  exchange: [RATE, CPU],
  latency: [P50, P99, P999],
  connections: [MEMORY_EACH, SETUP],
  stall: [STALL, LONGEST_STALL],
  startup: [STARTUP],
  memory: [GROWTH, RESIDENT],
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}

/** Half of the difference between the least and the greatest, as a share of the median. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  return (Math.max(...values) - Math.min(...values)) / 2 / Math.max(Number.EPSILON, Math.abs(median(values)));
}
