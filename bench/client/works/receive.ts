import { Blast } from '../blast';
import type { Driver } from '../driver';
import type { Options } from '../options';
import { Window } from '../usage';

/** Measures receiving: receives the peer's messages, until the peer reports their number. */
export async function receive(driver: Driver, options: Options): Promise<object> {
  const window = new Window(options.warmup);
  const blast = new Blast();
  const connection = await driver.open(options, {
    message: (topic, payload) => {
      if (blast.take(topic, payload)) window.message(blast.messages - 1);
      else window.close();
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/blast/#', options.qos);
  const expected = await blast.expected;
  const { messages, sum } = blast;
  return { ...window.report(messages), counted: messages, expected, sum };
}
