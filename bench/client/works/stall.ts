import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Blast } from '../blast';
import type { Driver } from '../driver';
import type { Options } from '../options';
import { Window } from '../usage';

// The histogram has the intervals of a timer: an interval beyond this is delay.
const RESOLUTION_MS = 1;
// A smaller delay cannot be distinguished from none, and a ratio to none has no meaning.
const LEAST_MS = 0.01;

/** Measures the delay of the event loop while messages arrive at a given rate. */
export async function stall(driver: Driver, options: Options): Promise<object> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const window = new Window(options.warmup);
  const blast = new Blast();
  let watching = false;
  const connection = await driver.open(options, {
    message: (topic, payload) => {
      if (!blast.take(topic, payload)) {
        histogram.disable();
        window.close();
        return;
      }
      window.message(blast.messages - 1);
      if (!watching && window.elapsed >= options.warmup) {
        watching = true;
        histogram.enable();
      }
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/blast/#', options.qos);
  const expected = await blast.expected;
  const { messages, sum } = blast;
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
