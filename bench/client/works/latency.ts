import type { Connection, Driver } from '../driver';
import type { Options } from '../options';
import { quantiles } from '../quantiles';

/**
 * Measures round trips: sends one message at a time to the broker and receives it again. Other messages that arrive are
 * load, and are read.
 */
export async function latency(driver: Driver, options: Options): Promise<object> {
  const payload = Buffer.alloc(options.size, 'x');
  const times: number[] = [];
  let others = 0;
  let sum = 0;
  let begun = 0;
  let sent = 0;
  let finished = (): void => undefined;
  const end = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const ping = (connection: Connection): void => {
    sent = performance.now();
    connection.publish('bench/echo', payload, 0);
  };
  const connection = await driver.open(options, {
    message: (topic, received) => {
      sum += topic.length + received.length + (received[0] ?? 0);
      if (topic !== 'bench/echo') {
        others++;
        return;
      }
      const now = performance.now();
      const elapsed = (now - begun) / 1000;
      if (options.count > 0 || elapsed >= options.warmup) times.push(now - sent);
      if (options.count > 0 ? times.length >= options.count : elapsed >= options.seconds) finished();
      else ping(connection);
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/load/#', 0);
  await connection.subscribe('bench/echo', 0);
  begun = performance.now();
  ping(connection);
  await end;
  return { messages: times.length, ...quantiles(times), others, sum };
}
