// Draws the charts of the results, which docs/performance.md shows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CPU, MEMORY_EACH, type Metric, P50, P99, RATE, STALL } from './metrics';
import { medianOf, type Result, type Results } from './results';
import { type Bar, drawChart, type Kind, type Panel } from './svg';

interface Chart {
  readonly file: string;
  readonly title: string;
  readonly panels: ReadonlyArray<readonly [title: string, caseId: string, metric: Metric]>;
}

const QOS = [0, 1, 2] as const;

const charts: readonly Chart[] = [
  {
    file: 'receive.svg',
    title: 'Messages received per second, 100 B',
    panels: QOS.map((qos) => [`QoS ${qos}`, `receive-qos${qos}`, RATE]),
  },
  {
    file: 'publish.svg',
    title: 'Messages published per second, 100 B',
    panels: QOS.map((qos) => [`QoS ${qos}`, `publish-qos${qos}`, RATE]),
  },
  {
    file: 'cpu.svg',
    title: 'CPU time for each message, 100 B',
    panels: [
      ['Receive QoS 0', 'receive-qos0', CPU],
      ['Receive QoS 1', 'receive-qos1', CPU],
      ['Publish QoS 0', 'publish-qos0', CPU],
      ['Publish QoS 1', 'publish-qos1', CPU],
    ],
  },
  {
    file: 'latency.svg',
    title: 'Round trip through a mosquitto broker',
    panels: [
      ['Half of them', 'latency', P50],
      ['99 of 100', 'latency', P99],
      ['Half of them, beside 20,000 messages/s', 'latency-load', P50],
    ],
  },
  {
    file: 'process.svg',
    title: 'What it costs a process',
    panels: [
      ['Memory for each of 10,000 connections', 'connections-10000', MEMORY_EACH],
      ['Event-loop delay while 200,000 messages/s arrive', 'stall', STALL],
    ],
  },
];

function kindOf({ driver }: Result): Kind {
  if (driver.side === 'ours') return 'ours';
  return driver.side === 'c' || driver.side === 'c-system' ? 'c' : 'rival';
}

function panel(title: string, caseId: string, metric: Metric, results: Results): Panel[] {
  const bars = results.measured(caseId).map((result): Bar => {
    const value = medianOf(result, metric);
    return { label: result.driver.label, kind: kindOf(result), value, text: metric.print(value) };
  });
  if (bars.length === 0) return [];
  return [{ title, note: `${metric.title}, ${metric.better} is better`, bars }];
}

/** Writes the charts, with a bar for each client that has figures. */
export function writeCharts(folder: string, results: Results): void {
  for (const { file, title, panels } of charts) {
    const drawn = panels.flatMap(([name, caseId, metric]) => panel(name, caseId, metric, results));
    if (drawn.length > 0) writeFileSync(join(folder, file), drawChart(title, drawn));
  }
}
