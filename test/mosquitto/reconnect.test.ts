// Tests reconnections, by a loop and by the program, and their delays.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as turn } from 'node:timers/promises';
import { MOSQ_ERR_ERRNO, MOSQ_ERR_NO_CONN, type Mosquitto } from 'libmosquitto';
import type { FakeBroker, Peer } from '../support/fake-broker';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(30000) };

async function accept(peer: Peer): Promise<void> {
  await peer.accept();
}

function record(client: Mosquitto): { connects: number[]; disconnects: number[] } {
  const seen = { connects: [] as number[], disconnects: [] as number[] };
  client.on_connect = (_mosq, _obj, rc) => {
    seen.connects.push(rc);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    seen.disconnects.push(rc);
  };
  return seen;
}

// Each test lasts for seconds that the client counts, so they run in parallel.
describe('reconnection', { concurrency: true }, () => {
  for (const method of ['reconnect', 'reconnect_async'] as const) {
    test(`${method}() after a drop, in loop() mode`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      driveFor(t, client, 'loop');
      await connectTo(client, fake);
      const seen = record(client);
      fake.peers[0]?.destroy();
      await until(() => seen.disconnects.length === 1, 'on_disconnect');
      assert.notEqual(seen.disconnects[0], 0);
      assert.equal(client.publish('t', 'x'), MOSQ_ERR_NO_CONN);
      assert.equal(client[method](), 0);
      await until(() => seen.connects.length === 1, 'on_connect');
      assert.deepEqual(seen.connects, [0]);
      assert.equal(fake.peers.length, 2);
    });

    test(`${method}() without a drop makes a new connection`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      driveFor(t, client, 'loop');
      await connectTo(client, fake);
      const seen = record(client);
      assert.equal(client[method](), 0);
      await until(() => seen.connects.length === 1, 'on_connect');
      assert.ok(fake.peers[0]);
      await fake.peers[0].closed;
    });
  }

  test('in loop() mode nothing reconnects by itself', limit, async (t) => {
    const fake = await fakeBrokerFor(t, accept);
    const client = clientFor(t);
    assert.equal(client.reconnect_delay_set(1), 0);
    const driven = driveFor(t, client, 'loop');
    await connectTo(client, fake);
    const seen = record(client);
    fake.peers[0]?.destroy();
    await until(() => seen.disconnects.length === 1, 'on_disconnect');
    await driven.stop();
    // Longer than the delay.
    const end = performance.now() + 1500;
    while (performance.now() < end) {
      assert.equal(client.loop(10), MOSQ_ERR_NO_CONN);
      await turn(10);
    }
    assert.equal(client.socket(), -1);
    assert.equal(fake.peers.length, 1);
  });

  for (const mode of ['event loop', 'thread'] as const) {
    test(`a dropped connection is made again by the loop (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      const seen = record(client);
      fake.peers[0]?.destroy();
      await until(() => seen.connects.length === 1, 'on_connect again');
      assert.equal(seen.disconnects.length, 1);
      assert.notEqual(seen.disconnects[0], 0);
    });

    test(`a connect() that failed is tried again by a running loop (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const port = await refusedPortFor(t);
      const seen = record(client);
      driveFor(t, client, mode);
      assert.equal(client.connect('127.0.0.1', port), MOSQ_ERR_ERRNO);
      await fakeBrokerFor(t, accept, { port });
      await until(() => seen.connects.length === 1, 'on_connect');
      assert.deepEqual(seen.connects, [0]);
    });

    test(`a first connection by connect_async() is tried until the broker is there (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const port = await refusedPortFor(t);
      const seen = record(client);
      const attempts: string[] = [];
      client.on_log = (_mosq, _obj, level, text) => {
        if (level === 4) attempts.push(text);
      };
      assert.equal(client.connect_async('127.0.0.1', port), 0);
      driveFor(t, client, mode);
      await until(() => attempts.length >= 1, 'a failed attempt');
      await fakeBrokerFor(t, accept, { port });
      await until(() => seen.connects.length === 1, 'on_connect');
      assert.deepEqual(seen.connects, [0]);
    });

    test(`reconnect_async() while the loop waits for its next attempt connects at once (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      assert.equal(client.reconnect_delay_set(3600), 0);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      const seen = record(client);
      fake.peers[0]?.destroy();
      await until(() => seen.disconnects.length === 1, 'on_disconnect');
      assert.equal(client.reconnect_async(), 0);
      await until(() => seen.connects.length === 1, 'on_connect');
    });
  }

  test('disconnect() ends the attempts: loop_forever() resolves', limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.connect_async('127.0.0.1', await refusedPortFor(t)), 0);
    const attempts: string[] = [];
    client.on_log = (_mosq, _obj, level, text) => {
      if (level === 4) attempts.push(text);
    };
    const end = client.loop_forever();
    await until(() => attempts.length > 0, 'a failed attempt');
    client.disconnect();
    assert.equal(await within(end, 'loop_forever() to resolve'), 0);
  });
});

describe('reconnect_delay_set', { concurrency: true }, () => {
  /** The times between the connections, each of which the broker closed at once. `answer` accepts the n-th one first. */
  async function gaps(client: Mosquitto, fake: FakeBroker, count: number): Promise<number[]> {
    assert.equal(client.connect_async(fake.host, fake.port), 0);
    await until(() => fake.peers.length > count, `${count + 1} connections`);
    return fake.peers.slice(1).map((peer, index) => peer.openedAt - (fake.peers[index]?.openedAt ?? 0));
  }

  // A timer may round down by a millisecond or two. The upper bounds are as wide as the difference between the rules
  // allows.
  const early = 0.02;
  function assertGaps(seen: number[], expected: Array<[least: number, most: number]>): void {
    for (const [index, [least, most]] of expected.entries()) {
      const seconds = (seen[index] ?? 0) / 1000;
      assert.ok(
        seconds >= least - early && seconds < scaled(most),
        `gap ${index + 1} of ${seen.map(Math.round).join(', ')} ms`,
      );
    }
  }

  const rules: Array<[name: string, set: [number, number?, boolean?] | null, expected: Array<[number, number]>]> = [
    [
      'the default is a second',
      null,
      [
        [1, 1.9],
        [1, 1.9],
        [1, 1.9],
      ],
    ],
    [
      'one value is the delay of every attempt',
      [2],
      [
        [2, 2.9],
        [2, 2.9],
      ],
    ],
    [
      'without backoff it grows by itself each time, up to delay_max',
      [1, 2, false],
      [
        [1, 1.9],
        [2, 2.9],
        [2, 2.9],
      ],
    ],
    [
      'with exponential_backoff it doubles',
      [1, 60, true],
      [
        [1, 1.9],
        [2, 2.9],
        [4, 5.9],
      ],
    ],
    [
      'with exponential_backoff it doubles up to delay_max',
      [1, 2, true],
      [
        [1, 1.9],
        [2, 2.9],
        [2, 3.9],
      ],
    ],
  ];
  for (const mode of ['event loop', 'thread'] as const) {
    for (const [name, set, expected] of rules) {
      test(`${name} (${mode})`, limit, async (t) => {
        const fake = await fakeBrokerFor(t, (peer) => {
          peer.end();
        });
        const client = clientFor(t);
        if (set !== null) assert.equal(client.reconnect_delay_set(...set), 0);
        driveFor(t, client, mode);
        assertGaps(await gaps(client, fake, expected.length), expected);
      });
    }

    test(`an accepted connection starts the delays anew (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        // The third connection is accepted. The client confirms by a packet of its own that it has read the answer.
        if (fake.peers.length === 3) {
          await peer.accept();
          await peer.next();
        }
        peer.end();
      });
      const client = clientFor(t);
      client.on_connect = () => {
        client.subscribe('seen', 0);
      };
      assert.equal(client.reconnect_delay_set(1, 60, true), 0);
      driveFor(t, client, mode);
      assertGaps(await gaps(client, fake, 3), [
        [1, 1.9],
        [2, 2.9],
        [1, 2.9],
      ]);
    });
  }
});
