// Tests each order of connect calls and loop calls. Each must make exactly one connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { clientFor, defer, fakeBrokerFor, sharedBroker } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(20000) };
const broker = sharedBroker();

type Step = (client: Mosquitto, thread: boolean, at: { host: string; port: number }) => number;
const connect: Step = (client, _thread, at) => client.connect(at.host, at.port);
const connect_async: Step = (client, _thread, at) => client.connect_async(at.host, at.port);
const loop_start: Step = (client, thread) => client.loop_start({ thread });
const other_loop: Step = (client, thread) => client.loop_start({ thread: !thread });
const loop_stop: Step = (client) => client.loop_stop();

const ORDERS: Array<[name: string, steps: Step[]]> = [
  ['connect, loop_start', [connect, loop_start]],
  ['connect_async, loop_start', [connect_async, loop_start]],
  ['loop_start, connect', [loop_start, connect]],
  ['loop_start, connect_async', [loop_start, connect_async]],
  ['connect, loop_start, loop_stop, loop_start', [connect, loop_start, loop_stop, loop_start]],
  ['loop_start, connect, loop_stop, loop_start', [loop_start, connect, loop_stop, loop_start]],
  ['loop_start, loop_stop, connect, loop_start', [loop_start, loop_stop, connect, loop_start]],
  ['loop_start, connect_async, loop_stop, loop_start', [loop_start, connect_async, loop_stop, loop_start]],
  ['connect, the other loop_start, loop_stop, loop_start', [connect, other_loop, loop_stop, loop_start]],
];

/** The client sends itself a message through the broker. */
async function roundTrip(client: Mosquitto, topic: string): Promise<void> {
  let granted = false;
  const messages: string[] = [];
  client.on_subscribe = () => {
    granted = true;
  };
  client.on_message = (_mosq, _obj, msg) => {
    messages.push(msg.payload.toString());
  };
  assert.equal(client.subscribe(topic, 1), 0);
  await until(() => granted, 'on_subscribe');
  assert.equal(client.publish(topic, 'there and back', 1), 0);
  await until(() => messages.length > 0, 'the message');
  assert.deepEqual(messages, ['there and back']);
}

for (const thread of [true, false]) {
  describe(`loop_start({ thread: ${thread} })`, () => {
    for (const [name, steps] of ORDERS) {
      test(name, limit, async (t) => {
        const client = clientFor(t);
        const connects: number[] = [];
        const disconnects: number[] = [];
        client.on_connect = (_mosq, _obj, rc) => {
          connects.push(rc);
        };
        client.on_disconnect = (_mosq, _obj, rc) => {
          disconnects.push(rc);
        };
        for (const step of steps) assert.equal(step(client, thread, broker()), 0);
        await until(() => connects.length > 0, 'on_connect');
        await roundTrip(client, `order/${name}/${thread}`);
        assert.deepEqual(connects, [0]);
        assert.deepEqual(disconnects, []);
        assert.equal(client.disconnect(), 0);
        await until(() => disconnects.length > 0, 'on_disconnect');
        assert.deepEqual(disconnects, [0]);
      });
    }

    // The broker counts and logs connections, so that a connection that is opened and dropped again is noticed.
    for (const [name, steps] of Object.entries({
      'connect, loop_start': [connect, loop_start],
      'connect_async, loop_start': [connect_async, loop_start],
      'loop_start, connect': [loop_start, connect],
      'loop_start, connect_async': [loop_start, connect_async],
    })) {
      test(`${name}: one connection is made`, limit, async (t) => {
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept();
        });
        const client = clientFor(t);
        let connects = 0;
        client.on_connect = () => {
          connects += 1;
        };
        for (const step of steps) assert.equal(step(client, thread, fake), 0);
        await until(() => connects === 1, 'on_connect');
        assert.equal(fake.peers.length, 1);
      });
    }

    test(
      'a loop that is stopped and started by another kind in the middle of traffic loses nothing',
      limit,
      async (t) => {
        const client = clientFor(t);
        defer(t, () => client.loop_stop());
        const numbers: number[] = [];
        let sent = 0;
        client.on_message = (_mosq, _obj, msg) => {
          numbers.push(Number(msg.payload.toString()));
        };
        client.on_connect = () => {
          client.subscribe(`switch/${thread}`, 1);
        };
        client.on_subscribe = () => {
          for (; sent < 50; sent++) client.publish(`switch/${thread}`, String(sent), 1);
        };
        client.on_publish = () => {
          if (sent < 1000) client.publish(`switch/${thread}`, String(sent++), 1);
        };
        assert.equal(connect(client, thread, broker()), 0);
        assert.equal(loop_start(client, thread, broker()), 0);
        for (let turn = 1; turn < 10; turn++) {
          await until(() => numbers.length >= turn * 100, `${turn * 100} messages`);
          assert.equal(client.loop_stop(), 0);
          assert.equal(client.loop_start({ thread: (turn % 2 === 0) === thread }), 0);
        }
        await until(() => numbers.length >= 1000, 'all messages');
        assert.deepEqual(
          numbers,
          Array.from({ length: 1000 }, (_, number) => number),
        );
      },
    );

    test('messages from before the connection are sent once it is established', limit, async (t) => {
      const receiver = clientFor(t);
      const messages: string[] = [];
      let ready = false;
      receiver.on_connect = () => receiver.subscribe(`early/${thread}`, 2);
      receiver.on_subscribe = () => {
        ready = true;
      };
      receiver.on_message = (_mosq, _obj, msg) => {
        messages.push(msg.payload.toString());
      };
      assert.equal(loop_start(receiver, thread, broker()), 0);
      assert.equal(connect(receiver, thread, broker()), 0);
      await until(() => ready, 'on_subscribe');
      const sender = clientFor(t);
      const mids: number[] = [];
      const published: number[] = [];
      sender.on_publish = (_mosq, _obj, mid) => {
        published.push(mid);
      };
      assert.equal(loop_start(sender, thread, broker()), 0);
      for (const qos of [1, 2] as const) {
        sender.publish(`early/${thread}`, `QoS ${qos}`, qos);
        mids.push(sender.last_mid);
      }
      assert.equal(connect_async(sender, thread, broker()), 0);
      await until(() => messages.length === 2 && published.length === 2, 'both messages');
      assert.deepEqual(messages, ['QoS 1', 'QoS 2']);
      assert.deepEqual(published, mids);
    });
  });
}
