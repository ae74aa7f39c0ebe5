import type { Driver } from '../driver';
import type { Options } from '../options';
import { Publisher } from '../publisher';
import { Window } from '../usage';

/** Measures publishing: publishes as fast as possible, then asks the peer for the number that arrived. */
export async function publish(driver: Driver, options: Options): Promise<object> {
  const window = new Window(options.warmup);
  let arrived = (_count: number): void => undefined;
  const done = new Promise<number>((resolve) => {
    arrived = resolve;
  });
  let publisher: Publisher | null = null;
  let asked = false;
  const connection = await driver.open(options, {
    message: (_topic, payload) => {
      window.close();
      arrived(Number(payload.toString()));
    },
    published: () => {
      if (!asked) publisher?.settled();
    },
  });
  await connection.subscribe('bench/done', 0);
  publisher = new Publisher(connection, options, 'bench/sink/device/', {
    over: (published) => {
      window.message(published);
      if (options.count > 0) return published >= options.count;
      return (published & 63) === 0 && window.elapsed >= options.seconds;
    },
    done: () => {
      asked = true;
      connection.publish('bench/end', Buffer.alloc(0), options.qos);
    },
  });
  publisher.fill();
  const counted = await done;
  return { ...window.report(publisher.published), counted, expected: publisher.published };
}
