// Tests the duration, the return codes and the deliveries of loop().
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_CONN_LOST, MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN } from 'libmosquitto';
import { type Accepted, acceptedFor } from '../support/accepted';
import type { Peer } from '../support/fake-broker';
import { connack, publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

/** A client for whose loop() only the test is responsible, connected to a scripted broker that sends nothing more. */
async function quiet(t: test.TestContext): Promise<Accepted> {
  const accepted = await acceptedFor(t, 'loop');
  await accepted.driven.stop();
  return accepted;
}

function timed(call: () => number): { rc: number; ms: number } {
  const began = performance.now();
  const rc = call();
  return { rc, ms: performance.now() - began };
}

test('loop() and loop(-1) wait for about one second', limit, async (t) => {
  const { client } = await quiet(t);
  for (const call of [() => client.loop(), () => client.loop(-1)]) {
    const { rc, ms } = timed(call);
    assert.equal(rc, 0);
    assert.ok(ms >= 900 && ms < scaled(1900), `took ${ms} ms`);
  }
});

test('loop(0) returns at once', limit, async (t) => {
  const { client } = await quiet(t);
  const { rc, ms } = timed(() => {
    for (let round = 0; round < 50; round++) assert.equal(client.loop(0), 0);
    return 0;
  });
  assert.equal(rc, 0);
  assert.ok(ms < scaled(500), `50 calls took ${ms} ms`);
});

test('loop(n) waits for n milliseconds and not longer when there is no traffic', limit, async (t) => {
  const { client } = await quiet(t);
  const { rc, ms } = timed(() => client.loop(300));
  assert.equal(rc, 0);
  assert.ok(ms >= 290 && ms < scaled(900), `took ${ms} ms`);
});

test('loop(n) returns early when something comes', limit, async (t) => {
  const client = clientFor(t);
  const driven = driveFor(t, client, 'loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'loop/early');
  await driven.stop();
  const messages = collect(client);
  const { ms } = timed(() => {
    assert.equal(client.publish('loop/early', 'x'), 0);
    for (let round = 0; round < 10 && messages.length === 0; round++) assert.equal(client.loop(10000), 0);
    return 0;
  });
  assert.equal(messages.length, 1);
  assert.ok(ms < scaled(5000), `took ${ms} ms`);
});

test('max_packets of 1 and of 100: all messages arrive, in order', limit, async (t) => {
  for (const max_packets of [1, 100]) {
    const client = clientFor(t);
    const driven = driveFor(t, client, 'loop');
    await connectTo(client, broker());
    await subscribeTo(client, 'loop/packets');
    await driven.stop();
    const messages = collect(client);
    for (let index = 0; index < 50; index++) assert.equal(client.publish('loop/packets', String(index)), 0);
    await until(() => {
      assert.equal(client.loop(10, max_packets), 0);
      return messages.length === 50;
    }, '50 messages');
    assert.deepEqual(
      messages.map(({ payload }) => Number(payload)),
      Array.from({ length: 50 }, (_, index) => index),
    );
  }
});

test('loop() with max_packets below 1 returns MOSQ_ERR_INVAL', limit, async (t) => {
  const { client } = await quiet(t);
  assert.equal(client.loop(0, 0), MOSQ_ERR_INVAL);
  assert.equal(client.loop(0, -1), MOSQ_ERR_INVAL);
  assert.equal(client.loop_read(0), MOSQ_ERR_INVAL);
  assert.equal(client.loop_write(0), MOSQ_ERR_INVAL);
  assert.equal(client.loop(0), 0, 'and the connection lives on');
});

for (const [how, drop] of [
  [
    'an orderly end',
    (peer: Peer) => {
      peer.end();
    },
  ],
  [
    'a reset',
    (peer: Peer) => {
      peer.destroy();
    },
  ],
] as const) {
  test(
    `after ${how} by the peer loop() returns a failure, after on_disconnect with it, then MOSQ_ERR_NO_CONN`,
    limit,
    async (t) => {
      const { client, peer } = await quiet(t);
      const codes = disconnections(client);
      drop(peer);
      let rc = 0;
      await until(() => {
        rc = client.loop(0);
        return rc !== 0;
      }, 'loop() to fail');
      assert.equal(rc, MOSQ_ERR_CONN_LOST);
      assert.deepEqual(codes, [rc]);
      assert.equal(client.socket(), -1);
      assert.equal(client.loop(0), MOSQ_ERR_NO_CONN);
      assert.equal(client.loop(1000), MOSQ_ERR_NO_CONN);
      assert.deepEqual(codes, [rc], 'said once');
    },
  );
}

test('bytes that are not MQTT make loop() fail and close the connection', limit, async (t) => {
  const { client, peer } = await quiet(t);
  peer.send(Buffer.from([0x00, 0xff, 0xff, 0xff, 0xff, 0xff]));
  let rc = 0;
  await until(() => {
    rc = client.loop(0);
    return rc !== 0;
  }, 'loop() to fail');
  assert.equal(client.socket(), -1);
  await peer.closed;
});

test('the loop calls inside a callback return MOSQ_ERR_INVAL and do nothing', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'loop/inside');
  const codes: number[] = [];
  let messages = 0;
  client.on_message = (mosq) => {
    messages += 1;
    codes.push(mosq.loop(1000), mosq.loop_read(), mosq.loop_write(), mosq.loop_misc());
  };
  for (let index = 0; index < 3; index++) client.publish('loop/inside', 'x');
  await until(() => messages === 3, 'three messages');
  assert.deepEqual(
    codes,
    Array.from({ length: 12 }, () => MOSQ_ERR_INVAL),
  );
});

for (const mode of ['event loop', 'thread'] as const) {
  test(`loop() while loop_start() runs returns MOSQ_ERR_INVAL (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    const { rc, ms } = timed(() => client.loop(1000));
    assert.equal(rc, MOSQ_ERR_INVAL);
    assert.ok(ms < scaled(500));
  });
}

test('a message in one piece with the CONNACK, and one that comes byte by byte, are both read', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.next();
    peer.send(connack(0), publish('at/once', 'x'));
    for (const byte of publish('byte/by/byte', 'y')) {
      peer.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const client = clientFor(t);
  const messages = collect(client);
  driveFor(t, client, 'loop');
  assert.equal(client.connect(fake.host, fake.port), 0);
  await until(() => messages.length === 2, 'both messages');
  assert.deepEqual(
    messages.map(({ topic }) => topic),
    ['at/once', 'byte/by/byte'],
  );
});
