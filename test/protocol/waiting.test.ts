// Tests packets that stop in the middle while the connection stays open. The client must not hang, and must use no
// processor time.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOSQ_ERR_KEEPALIVE } from 'libmosquitto';
import { type Accepted, acceptedFor } from '../support/accepted';
import { MODES, type Mode } from '../support/drive';
import { DISCONNECT, PINGREQ, publish } from '../support/packets';
import { clientFor, fakeBrokerFor } from '../support/scope';
import { collect, disconnectFrom, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const message = publish('t', 'x'.repeat(5000));

/**
 * The places at which a packet may stop: in its header, in its topic, in its payload (which libmosquitto reads
 * differently).
 */
const STOPS = [1, 2, 3, 5, 100, message.length - 1];

interface Scene extends Accepted {
  readonly ends: number[];
}

async function scene(t: TestContext, mode: Mode, keepalive = 60): Promise<Scene> {
  const accepted = await acceptedFor(t, mode, { keepalive });
  return { ...accepted, ends: disconnections(accepted.client) };
}

for (const mode of MODES) {
  describe(`a packet that stops in the middle, on a connection that stays open (${mode})`, {
    concurrency: true,
  }, () => {
    for (const stop of STOPS) {
      test(`after ${stop} bytes: the rest may come later`, limit, async (t) => {
        const { client, ends, peer } = await scene(t, mode);
        const messages = collect(client);
        peer.send(message.subarray(0, stop));
        await sleep(50);
        assert.deepEqual([messages.length, ends.length], [0, 0]);
        peer.send(message.subarray(stop), publish('t', 'next'));
        await until(() => messages.length === 2, 'both messages');
        assert.deepEqual(
          messages.map(({ payloadlen }) => payloadlen),
          [5000, 4],
        );
      });

      test(`after ${stop} bytes: disconnect() takes effect and is confirmed`, limit, async (t) => {
        const { client, peer } = await scene(t, mode);
        peer.send(message.subarray(0, stop));
        await sleep(50);
        const confirmed = disconnectFrom(client);
        await peer.nextOf(DISCONNECT);
        peer.end();
        assert.equal(await confirmed, 0);
      });
    }

    test('the keepalive ends it when nothing more comes', limit, async (t) => {
      const { ends, peer } = await scene(t, mode, 5);
      peer.send(message.subarray(0, 100));
      await peer.nextOf(PINGREQ);
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [MOSQ_ERR_KEEPALIVE]);
    });
  });
}

// Not in parallel with other tests, whose work would be measured too.
describe('waiting for the rest of a packet costs no processor time', { concurrency: false }, () => {
  for (const mode of ['event loop', 'thread'] as const) {
    for (const stop of STOPS) {
      test(`after ${stop} bytes (${mode})`, limit, async (t) => {
        const { peer } = await scene(t, mode);
        peer.send(message.subarray(0, stop));
        await sleep(50);
        const before = process.cpuUsage();
        await sleep(500);
        const { user, system } = process.cpuUsage(before);
        assert.ok(user + system < 250_000, `${(user + system) / 1000} ms of 500`);
      });
    }
  }

  for (const stop of STOPS) {
    test(`after ${stop} bytes (loop)`, limit, async (t) => {
      const broker = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        peer.send(message.subarray(0, stop));
      });
      const client = clientFor(t);
      assert.equal(client.connect(broker.host, broker.port), 0);
      // The broker needs the event loop, and the client has to have read all bytes.
      for (let i = 0; i < 10; i++) {
        assert.equal(client.loop(0), 0);
        await sleep(5);
      }
      const cpu = process.cpuUsage();
      const began = performance.now();
      assert.equal(client.loop(500), 0);
      assert.ok(performance.now() - began > 490);
      const { user, system } = process.cpuUsage(cpu);
      assert.ok(user + system < 250_000, `${(user + system) / 1000} ms of 500`);
    });
  }
});
