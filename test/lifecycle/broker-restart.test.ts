// Tests that no message is lost, and at QoS 2 none doubled, when a real broker restarts or loses its connections under
// traffic.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Broker } from '../support/broker';
import { brokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { Stream, TAIL } from './stream';
import { wireFor } from './wire';

const limit = { timeout: scaled(60000) };
const COUNT = 3000;

// Each test lasts as long as the seconds between two attempts, so the tests run in parallel.
describe('a broker that goes away under traffic', { concurrency: true }, () => {
  for (const mode of ['event loop', 'thread'] as const) {
    for (const qos of [1, 2] as const) {
      const promise = qos === 1 ? 'at least once' : 'exactly once';

      test(`connections cut: QoS ${qos} arrives ${promise} (${mode})`, limit, async (t) => {
        const wire = await wireFor(t, await brokerFor(t));
        const stream = new Stream(t, wire, mode, qos);
        await until(() => stream.subscribed, 'on_subscribe');
        stream.send(COUNT);
        for (const quarter of [1, 2, 3]) {
          await until(() => stream.arrived >= (COUNT * quarter) / 4, `${quarter} quarters of the messages`);
          const before = stream.connects;
          wire.cut();
          await until(() => stream.connects === before + 2, 'both clients to reconnect');
        }
        await stream.complete();
        if (qos === 2) assert.deepEqual(stream.irregular(), []);
        assert.equal(wire.connections, 2 + 3 * 2);
      });

      test(`broker stopped and started: QoS ${qos} arrives ${promise} (${mode})`, limit, async (t) => {
        const broker = await brokerFor(t, { persistence: true });
        const stream = new Stream(t, broker, mode, qos);
        await until(() => stream.subscribed, 'on_subscribe');
        stream.send(COUNT);
        await until(() => stream.arrived >= COUNT / 3, 'a third of the messages');
        await broker.stop();
        await broker.start();
        await stream.complete();
        if (qos === 2) assert.deepEqual(stream.irregular(), []);
        assert.equal(stream.connects, 4);
      });
    }

    // A killed broker loses messages that it had confirmed and not yet saved, whatever the client does. The test judges
    // the client by the messages that were not confirmed.
    test(`broker killed and started: nothing unconfirmed is lost at QoS 1 (${mode})`, limit, async (t) => {
      const broker = await brokerFor(t, {
        persistence: true,
        config: ['autosave_interval 1', 'autosave_on_changes true'],
      });
      const stream = new Stream(t, broker, mode, 1);
      await until(() => stream.subscribed, 'on_subscribe');
      await saved(broker, (state) => state.includes(stream.topic));
      stream.send(COUNT);
      await until(() => stream.confirmed.size >= COUNT / 10, 'a tenth of the messages');
      await broker.kill();
      await until(() => stream.losses === 2, 'both on_disconnect');
      const confirmed = new Set(stream.confirmed);
      assert.ok(confirmed.size < COUNT, 'the broker was killed under traffic');
      await broker.start();
      const lost = (): number[] => {
        const numbers = Array.from({ length: COUNT }, (_, number) => number);
        return numbers.filter((number) => !confirmed.has(number) && stream.seen[number] === undefined);
      };
      await until(
        () => lost().length === 0,
        () => `messages ${lost().join(', ')}`,
        30000,
      );
      assert.equal(stream.connects, 4);
    });

    for (const qos of [1, 2] as const) {
      test(`messages for a killed broker arrive after its restart, QoS ${qos} (${mode})`, limit, async (t) => {
        const broker = await brokerFor(t, {
          persistence: true,
          config: ['autosave_interval 1', 'autosave_on_changes true'],
        });
        const stream = new Stream(t, broker, mode, qos);
        await until(() => stream.subscribed, 'on_subscribe');
        stream.send(20);
        await stream.complete();
        // The client would rightly send all messages in flight again after the restart.
        await saved(broker, (state) => state.includes(stream.topic) && !state.includes(TAIL));
        await broker.kill();
        stream.send(70);
        await broker.start();
        await stream.complete();
        if (qos === 2) assert.deepEqual(stream.irregular(), []);
      });
    }
  }
});

/** Repeats until the killed broker starts with the intended file. */
function saved(broker: Broker, wanted: (state: Buffer) => boolean): Promise<void> {
  const file = join(broker.dir, 'mosquitto.db');
  return until(() => existsSync(file) && wanted(readFileSync(file)), `the right state in ${file}`);
}
