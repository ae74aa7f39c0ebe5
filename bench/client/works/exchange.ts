import type { Driver } from '../driver';
import type { Options } from '../options';
import { Publisher } from '../publisher';
import { Window } from '../usage';

/**
 * Measures end to end: publishes through a broker to its own subscription, with a limited number of unconfirmed messages.
 */
export async function exchange(driver: Driver, options: Options): Promise<object> {
  const window = new Window(options.warmup);
  let received = 0;
  let sum = 0;
  let publisher: Publisher | null = null;
  let finished = (): void => undefined;
  const end = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const connection = await driver.open(options, {
    message: (topic, payload) => {
      sum += topic.length + payload.length + (payload[0] ?? 0);
      window.message(received++);
      publisher?.settled();
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/exchange/#', options.qos);
  publisher = new Publisher(connection, options, 'bench/exchange/device/', {
    over: (published) =>
      options.count > 0 ? published >= options.count : (published & 63) === 0 && window.elapsed >= options.seconds,
    done: () => {
      window.close();
      finished();
    },
  });
  publisher.fill();
  await end;
  return { ...window.report(received), counted: received, expected: publisher.published, sum };
}
