import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Driver } from '../driver';
import type { Options } from '../options';
import { BLAST_END } from '../topics';
import { Window } from '../usage';

// The histogram holds the intervals of a timer: what is more than this is delay.
const RESOLUTION_MS = 1;
// Less cannot be told from nothing, and a ratio to nothing says nothing.
const LEAST_MS = 0.01;

/** How long the event loop is held up while messages arrive at a given rate. */
export async function stall(driver: Driver, options: Options): Promise<object> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const window = new Window(options.warmup);
  let messages = 0;
  let sum = 0;
  let watching = false;
  let ended = (_expected: number): void => undefined;
  const end = new Promise<number>((resolve) => {
    ended = resolve;
  });
  const connection = await driver.open(options, {
    message: (topic, payload) => {
      if (topic === BLAST_END) {
        histogram.disable();
        window.close();
        ended(Number(payload.toString()));
        return;
      }
      sum += topic.length + payload.length + (payload[0] ?? 0);
      window.message(messages++);
      if (!watching && window.elapsed >= options.warmup) {
        watching = true;
        histogram.enable();
      }
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/blast/#', options.qos);
  const expected = await end;
  const delay = (nanoseconds: number): number => Math.max(LEAST_MS, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    ...window.report(messages),
    counted: messages,
    expected,
    sum,
    delayP50: delay(histogram.percentile(50)),
    delayP99: delay(histogram.percentile(99)),
    delayMax: delay(histogram.max),
  };
}
