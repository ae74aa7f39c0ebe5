// Tests loop_read(), loop_write() and loop_misc(), by which a program drives the client with its own poll.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { PINGREQ, PUBLISH, pingresp } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

/** One round of a program that polls the socket itself. */
function step(client: Mosquitto): void {
  if (client.socket() >= 0) {
    if (client.want_write()) assert.equal(client.loop_write(), 0);
    client.loop_read();
  }
  // Without a socket, too: the end of the connection may have been recorded, and its callback may be due.
  client.loop_misc();
}

test(
  'loop_read(), loop_write(), loop_misc(), want_write() and socket() move everything, to the confirmed end',
  limit,
  async (t) => {
    const client = clientFor(t);
    const seen: string[] = [];
    client.on_connect = (_mosq, _obj, rc) => {
      seen.push(`connect ${rc}`);
    };
    client.on_subscribe = () => {
      seen.push('subscribe');
    };
    client.on_message = (_mosq, _obj, { payload, qos }) => {
      seen.push(`message ${String(payload)} ${qos}`);
    };
    client.on_publish = () => {
      seen.push('publish');
    };
    client.on_disconnect = (_mosq, _obj, rc) => {
      seen.push(`disconnect ${rc}`);
    };
    const reach = (what: string): Promise<void> =>
      until(() => {
        step(client);
        return seen.includes(what);
      }, what);

    assert.equal(client.connect(broker().host, broker().port), 0);
    assert.ok(client.socket() >= 0);
    await reach('connect 0');
    assert.equal(client.subscribe('by/hand', 2), 0);
    await reach('subscribe');
    for (const qos of [0, 1, 2] as const) {
      assert.equal(client.publish('by/hand', `q${qos}`, qos), 0);
      await reach(`message q${qos} ${qos}`);
    }
    assert.equal(client.disconnect(), 0);
    await reach('disconnect 0');
    assert.equal(client.socket(), -1);
    assert.equal(client.want_write(), false);
    assert.equal(seen.filter((what) => what.startsWith('disconnect')).length, 1);
  },
);

test(
  'want_write() is true while packets are queued for a full socket, and loop_write() writes them',
  limit,
  async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
      peer.pause();
    });
    const client = clientFor(t);
    let connected = false;
    client.on_connect = () => {
      connected = true;
    };
    assert.equal(client.connect(fake.host, fake.port), 0);
    await until(() => {
      step(client);
      return connected;
    }, 'on_connect');
    assert.equal(client.want_write(), false, 'nothing to write');

    const [peer] = fake.peers;
    assert.ok(peer);
    const payload = Buffer.alloc(1024 * 1024);
    let sent = 0;
    for (; sent < 64 && !client.want_write(); sent++) assert.equal(client.publish('much', payload), 0);
    assert.equal(client.want_write(), true);
    peer.resume();
    await until(() => {
      step(client);
      return !client.want_write();
    }, 'everything to be written');
    await until(() => peer.received.filter(({ type }) => type === PUBLISH).length === sent, 'everything to arrive');
  },
);

test('loop_read() delivers its callbacks before it returns, and no other call does', limit, async (t) => {
  const client = clientFor(t);
  let inside: string | null = null;
  const where: Array<string | null> = [];
  client.on_connect = () => {
    where.push(inside);
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  await until(() => {
    for (const name of ['loop_write', 'loop_read', 'loop_misc'] as const) {
      inside = name;
      client[name]();
      inside = null;
    }
    return where.length > 0;
  }, 'on_connect');
  assert.deepEqual(where, ['loop_read']);
});

test('loop_misc() sends the pings of a quiet connection', limit, async (t) => {
  let pings = 0;
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    for await (const { type } of peer.packets()) {
      if (type !== PINGREQ) continue;
      pings += 1;
      peer.send(pingresp());
    }
  });
  const client = clientFor(t);
  assert.equal(client.connect(fake.host, fake.port, 5), 0);
  const began = performance.now();
  await until(() => {
    step(client);
    return pings > 0;
  }, 'a ping');
  assert.ok(performance.now() - began < scaled(8000));
});

for (const threaded of [true, false]) {
  test(`threaded_set(${threaded}) returns 0, and loop() works as before`, limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.threaded_set(threaded), 0);
    driveFor(t, client, 'loop');
    const messages = collect(client);
    client.on_connect = (mosq) => {
      mosq.subscribe('threaded/set', 1);
    };
    client.on_subscribe = (mosq) => {
      mosq.publish('threaded/set', 'x', 1);
    };
    assert.equal(client.connect(broker().host, broker().port), 0);
    await until(() => messages.length === 1, 'the message');
  });
}
