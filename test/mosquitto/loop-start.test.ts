// Tests loop_start(), loop_stop() and loop_forever(): their order with connect calls, and exactly one on_disconnect at
// the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, type Mosquitto } from 'libmosquitto';
import { runChild } from '../support/child';
import { MODES } from '../support/drive';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const ORDERS: Record<string, (client: Mosquitto, thread: boolean, at: { host: string; port: number }) => number[]> = {
  'connect, loop_start': (client, thread, { host, port }) => [
    client.connect(host, port),
    client.loop_start({ thread }),
  ],
  'loop_start, connect': (client, thread, { host, port }) => [
    client.loop_start({ thread }),
    client.connect(host, port),
  ],
  'connect_async, loop_start': (client, thread, { host, port }) => [
    client.connect_async(host, port),
    client.loop_start({ thread }),
  ],
  'loop_start, connect_async': (client, thread, { host, port }) => [
    client.loop_start({ thread }),
    client.connect_async(host, port),
  ],
};

for (const mode of ['event loop', 'thread'] as const) {
  const thread = mode === 'thread';

  for (const [order, start] of Object.entries(ORDERS)) {
    test(`${order}: makes one connection (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const client = clientFor(t);
      let answers = 0;
      client.on_connect = () => {
        answers += 1;
      };
      assert.deepEqual(start(client, thread, fake), [0, 0]);
      await until(() => answers > 0, 'on_connect');
      await turns();
      assert.equal(answers, 1);
      assert.equal(fake.peers.length, 1);
    });

    test(`${order}: connects and moves messages (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const answers: number[] = [];
      client.on_connect = (_mosq, _obj, rc) => {
        answers.push(rc);
      };
      assert.deepEqual(start(client, thread, broker()), [0, 0]);
      assert.deepEqual(answers, [], 'never inside a call');
      await until(() => answers.length > 0, 'on_connect');
      assert.deepEqual(answers, [0]);
      const messages = collect(client);
      await subscribeTo(client, 'start/order');
      assert.equal(client.publish('start/order', 'x'), 0);
      await until(() => messages.length === 1, 'the message');
    });
  }

  test(
    `loop_start() again returns MOSQ_ERR_INVAL, in either mode, and the loop continues (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      driveFor(t, client, mode);
      assert.equal(client.loop_start(), MOSQ_ERR_INVAL);
      assert.equal(client.loop_start({ thread: false }), MOSQ_ERR_INVAL);
      await connectTo(client, broker());
    },
  );

  test(`loop_stop() right after disconnect(): exactly one on_disconnect(0) (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.loop_start({ thread }), 0);
    await connectTo(client, broker());
    const codes = disconnections(client);
    assert.equal(client.disconnect(), 0);
    assert.equal(client.loop_stop(), 0);
    assert.deepEqual(codes, [], 'never inside a call');
    await until(() => codes.length > 0, 'on_disconnect');
    await turns();
    assert.deepEqual(codes, [0]);
    assert.equal(client.socket(), -1);
  });

  test(
    `what was published before disconnect() is sent, loop_stop() right after it or not (${mode})`,
    limit,
    async (t) => {
      const reader = clientFor(t);
      driveFor(t, reader, 'thread');
      await connectTo(reader, broker());
      const messages = collect(reader);
      await subscribeTo(reader, `start/last/${mode}`);
      const client = clientFor(t);
      assert.equal(client.loop_start({ thread }), 0);
      await connectTo(client, broker());
      const codes = disconnections(client);
      for (let index = 0; index < 100; index++) assert.equal(client.publish(`start/last/${mode}`, String(index)), 0);
      assert.equal(client.disconnect(), 0);
      assert.equal(client.loop_stop(), 0);
      await until(() => codes.length > 0 && messages.length === 100, 'on_disconnect and a hundred messages');
      assert.deepEqual(codes, [0]);
    },
  );

  test(`loop_stop() inside a callback, and loop_start() inside the next one's turn (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.loop_start({ thread }), 0);
    await connectTo(client, broker());
    const codes: number[] = [];
    client.on_subscribe = (mosq) => {
      codes.push(mosq.loop_stop());
    };
    client.subscribe('start/inside', 0);
    await until(() => codes.length > 0, 'on_subscribe');
    assert.deepEqual(codes, [0]);
    assert.equal(client.loop_start({ thread }), 0);
    const messages = collect(client);
    client.publish('start/inside', 'x');
    await until(() => messages.length === 1, 'the message');
    assert.equal(client.loop_stop(), 0);
  });

  test(
    `loop_stop(true) without a disconnect() stops the loop and leaves the connection (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      assert.equal(client.loop_start({ thread }), 0);
      await connectTo(client, broker());
      const codes = disconnections(client);
      assert.equal(client.loop_stop(true), 0);
      await turns();
      assert.deepEqual(codes, []);
      assert.notEqual(client.socket(), -1);
      assert.equal(client.loop(0), 0, 'loop() takes over');
    },
  );

  test(
    `a process whose loop runs stays alive, and ends by itself after disconnect() and loop_stop() (${mode})`,
    limit,
    async () => {
      const child = await runChild('mosquitto-ends', { args: [broker().host, String(broker().port), mode] });
      assert.equal(child.stderr, '');
      assert.equal(child.code, 0);
      assert.equal(child.stdout, 'connect 0\nmessage x\ndisconnect 0\nexit\n');
    },
  );
}

test('a loop() process: disconnect(), then exactly one on_disconnect(0) inside a loop()', limit, async (t) => {
  const client = clientFor(t);
  const driven = driveFor(t, client, 'loop');
  await connectTo(client, broker());
  await driven.stop();
  const codes = disconnections(client);
  assert.equal(client.disconnect(), 0);
  assert.deepEqual(codes, [], 'never inside disconnect()');
  await until(() => {
    client.loop(10);
    return codes.length > 0;
  }, 'on_disconnect');
  for (let round = 0; round < 5; round++) assert.equal(client.loop(0), MOSQ_ERR_NO_CONN);
  assert.deepEqual(codes, [0]);
});

test('loop_stop() without a loop returns MOSQ_ERR_INVAL', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.loop_stop(), MOSQ_ERR_INVAL);
  assert.equal(client.loop_stop(true), MOSQ_ERR_INVAL);
});

test(
  'disconnect() twice: the second returns MOSQ_ERR_NO_CONN once the end is confirmed, and says nothing again',
  limit,
  async (t) => {
    for (const mode of MODES) {
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      const codes = disconnections(client);
      assert.equal(client.disconnect(), 0);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.equal(client.disconnect(), MOSQ_ERR_NO_CONN);
      await turns();
      assert.deepEqual(codes, [0]);
    }
  },
);

test('loop_forever() resolves 0 after disconnect(), and after the last callback', limit, async (t) => {
  for (const connect of ['connect', 'connect_async'] as const) {
    const client = clientFor(t);
    const seen: string[] = [];
    client.on_connect = (mosq) => {
      seen.push('connect');
      mosq.subscribe('forever/x', 1);
    };
    client.on_subscribe = (mosq) => {
      seen.push('subscribe');
      mosq.publish('forever/x', 'x', 1);
    };
    client.on_message = (mosq) => {
      seen.push('message');
      mosq.disconnect();
    };
    client.on_disconnect = (_mosq, _obj, rc) => {
      seen.push(`disconnect ${rc}`);
    };
    assert.equal(client[connect](broker().host, broker().port), 0);
    const rc = await within(client.loop_forever(), 'loop_forever()');
    seen.push('resolved');
    assert.equal(rc, 0);
    assert.deepEqual(seen, ['connect', 'subscribe', 'message', 'disconnect 0', 'resolved']);
  }
});

test('loop_forever() continues after a lost connection', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    if (fake.peers.length === 1) peer.end();
  });
  const client = clientFor(t);
  const seen: string[] = [];
  client.on_connect = () => {
    seen.push('connect');
    if (fake.peers.length === 2) client.disconnect();
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    seen.push(rc === 0 ? 'disconnect' : 'lost');
  };
  assert.equal(client.connect_async(fake.host, fake.port), 0);
  assert.equal(await within(client.loop_forever(), 'loop_forever()'), 0);
  assert.deepEqual(seen, ['connect', 'lost', 'connect', 'disconnect']);
});

test('loop_forever() before any connect() resolves MOSQ_ERR_NO_CONN at once', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(await within(client.loop_forever(), 'loop_forever()'), MOSQ_ERR_NO_CONN);
});

test('loop_forever() resolves 0 after loop_stop(), and MOSQ_ERR_NO_CONN after destroy()', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.connect(broker().host, broker().port), 0);
  const first = client.loop_forever();
  assert.equal(client.loop_start(), MOSQ_ERR_INVAL, 'it is a running loop');
  assert.equal(client.loop_stop(), 0);
  assert.equal(await within(first, 'loop_forever()'), 0);
  const second = client.loop_forever();
  client.destroy();
  assert.equal(await within(second, 'loop_forever()'), MOSQ_ERR_NO_CONN);
});

test('destroy() inside a callback resolves loop_forever() with MOSQ_ERR_NO_CONN', limit, async (t) => {
  const client = clientFor(t);
  client.on_connect = () => {
    client.destroy();
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  assert.equal(await within(client.loop_forever(), 'loop_forever()'), MOSQ_ERR_NO_CONN);
});

test('loop_forever() while loop_start() runs resolves MOSQ_ERR_INVAL, and the loop continues', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'thread');
  await connectTo(client, broker());
  assert.equal(await within(client.loop_forever(), 'loop_forever()'), MOSQ_ERR_INVAL);
  await subscribeTo(client, 'forever/still');
});
