// The targets of performance: ratios of our figures to those of other clients, and to those of C programs.

import { CPU, MEMORY_EACH, type Metric, P50, RATE, STALL } from './metrics';
import { best, medianOf, type Result, type Results } from './results';

type Against = 'rival' | 'c';

interface Target {
  readonly text: string;
  readonly caseId: string;
  readonly metric: Metric;
  /** The ratio to reach (more is better), or not to exceed (less is better). */
  readonly limits: Readonly<Partial<Record<Against, number>>>;
  /** The only one of our drive modes that the target is for. */
  readonly mode?: string;
}

export interface Verdict {
  readonly text: string;
  readonly against: Against;
  readonly limit: number;
  readonly better: Metric['better'];
  /** The client that ours is compared with. */
  readonly opponent: string;
  /** By drive mode. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly best: number;
  readonly met: boolean;
}

const WORKS: ReadonlyArray<readonly [name: string, id: string, rival: number, c: number, cpuC: number]> = [
  ['receive QoS 0', 'receive-qos0', 6, 0.55, 2.5],
  ['receive QoS 1', 'receive-qos1', 4, 0.85, 2.5],
  ['receive QoS 2', 'receive-qos2', 4, 0.85, 2.5],
  ['publish QoS 0', 'publish-qos0', 10, 1.2, 1.5],
  ['publish QoS 1', 'publish-qos1', 5, 0.9, 1.5],
  ['publish QoS 2', 'publish-qos2', 4, 0.9, 1.5],
];

function rate(text: string, caseId: string, rival: number, c: number): Target {
  return { text, caseId, metric: RATE, limits: { rival, c } };
}

const targets: readonly Target[] = [
  ...WORKS.map(([name, id, rival, c]) => rate(`${name}, rate`, id, rival, c)),
  ...WORKS.map(([name, caseId, , , c]) => ({
    text: `${name}, CPU`,
    caseId,
    metric: CPU,
    limits: { rival: 1 / 6, c },
  })),
  rate('receive 64 KiB, bytes/s', 'receive-qos0-64KiB', 1.5, 0.9),
  rate('publish 64 KiB, bytes/s', 'publish-qos0-64KiB', 1.5, 0.9),
  rate('receive TLS, rate', 'receive-qos0-tls', 3, 0.8),
  rate('publish TLS, rate', 'publish-qos0-tls', 3, 0.8),
  {
    text: 'round trip p50, thread: false',
    caseId: 'latency',
    metric: P50,
    limits: { rival: 0.85, c: 1.15 },
    mode: 'ours-event-loop',
  },
  {
    text: 'round trip p50, thread',
    caseId: 'latency',
    metric: P50,
    limits: { rival: 1, c: 1.4 },
    mode: 'ours-thread',
  },
  { text: '10,000 connections, memory', caseId: 'connections-10000', metric: MEMORY_EACH, limits: { rival: 0.4 } },
  { text: 'stall at 200,000/s, p99', caseId: 'stall', metric: STALL, limits: { rival: 0.3 } },
];

/** Compares each target with each of its opponents that was measured. */
export function judge(results: Results): Verdict[] {
  return targets.flatMap((target) => {
    const measured = results.measured(target.caseId);
    const ours = measured.filter(
      ({ driver }) => driver.side === 'ours' && (target.mode === undefined || driver.id === target.mode),
    );
    return (['rival', 'c'] as const).flatMap((against) => {
      const limit = target.limits[against];
      const opponent = best(measured, against, target.metric);
      if (limit === undefined || opponent === null || ours.length === 0) return [];
      return [verdict(target, against, limit, ours, opponent)];
    });
  });
}

function verdict(
  { text, metric }: Target,
  against: Against,
  limit: number,
  ours: readonly Result[],
  opponent: Result,
): Verdict {
  const base = medianOf(opponent, metric);
  const ratios = Object.fromEntries(ours.map((result) => [result.driver.id, medianOf(result, metric) / base]));
  const values = Object.values(ratios);
  const bestRatio = metric.better === 'more' ? Math.max(...values) : Math.min(...values);
  const met = metric.better === 'more' ? bestRatio >= limit : bestRatio <= limit;
  return { text, against, limit, better: metric.better, opponent: opponent.driver.label, ratios, best: bestRatio, met };
}
