import type { Driver } from '../driver';
import type { Options } from '../options';
import { BLAST_END } from '../topics';
import { Window } from '../usage';

/** Takes what the peer sends, until it says how much that was. */
export async function receive(driver: Driver, options: Options): Promise<object> {
  const window = new Window(options.warmup);
  let messages = 0;
  let sum = 0;
  let ended = (_expected: number): void => undefined;
  const end = new Promise<number>((resolve) => {
    ended = resolve;
  });
  const connection = await driver.open(options, {
    message: (topic, payload) => {
      if (topic === BLAST_END) {
        window.close();
        ended(Number(payload.toString()));
        return;
      }
      // Reads what it was given, as every client here does.
      sum += topic.length + payload.length + (payload[0] ?? 0);
      window.message(messages++);
    },
    published: () => undefined,
  });
  await connection.subscribe('bench/blast/#', options.qos);
  const expected = await end;
  return { ...window.report(messages), counted: messages, expected, sum };
}
