// Measures whether memory grows under steady traffic.

import { Blast } from '../blast';
import type { Driver } from '../driver';
import type { Options } from '../options';

const SAMPLE_MS = 500;
/** The client publishes one message at QoS 1 for this number of received ones. */
const RECEIVED_FOR_ONE = 10;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Measures the growth of the process's memory during a long time of steady traffic. */
export async function memory(driver: Driver, options: Options): Promise<object> {
  const samples: number[] = [];
  const payload = Buffer.alloc(options.size, 'x');
  const blast = new Blast();
  const connection = await driver.open(options, {
    message: (topic, received) => {
      if (!blast.take(topic, received)) return;
      if (blast.messages % RECEIVED_FOR_ONE === 0) connection.publish('bench/sink/device', payload, 1);
    },
    published: () => undefined,
  });
  const timer = setInterval(() => {
    samples.push(process.memoryUsage.rss());
  }, SAMPLE_MS);
  await connection.subscribe('bench/blast/#', options.qos);
  const expected = await blast.expected;
  const { messages, sum } = blast;
  clearInterval(timer);
  // In the first fifth the heap reaches its size.
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const residentBytes = median(samples.slice(-fifth));
  const growthBytes = residentBytes - median(samples.slice(fifth, 2 * fifth));
  return { messages, counted: messages, expected, sum, residentBytes, growthBytes };
}
