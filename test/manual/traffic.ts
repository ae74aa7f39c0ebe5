// Uses the functions of libmosquitto_loop.h.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_SUCCESS, type Mosquitto } from 'libmosquitto';
import { clientFor } from '../support/scope';
import { type Address, connectTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connectedFor } from './chapter';

interface Started {
  readonly client: Mosquitto;
  readonly events: string[];
}

/** A connected client that no loop drives yet. */
function startedFor(t: TestContext, { host, port }: Address): Started {
  const client = clientFor(t);
  const events: string[] = [];
  client.on_connect = (mosq) => {
    events.push('connect');
    assert.equal(mosq.subscribe('traffic', 0), 0);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    events.push(`disconnect ${rc}`);
  };
  client.on_subscribe = () => {
    events.push('subscribe');
  };
  assert.equal(client.connect(host, port), 0);
  assert.deepEqual(events, []);
  return { client, events };
}

const ALL = ['connect', 'subscribe', 'disconnect 0'];

/** Drives a client as a program does that polls the socket itself, until the confirmed end. */
async function byHand(t: TestContext, broker: Address): Promise<Record<string, number>> {
  const { client, events } = startedFor(t, broker);
  const uses = { read: 0, written: 0, misc: 0 };
  await until(() => {
    if (client.socket() >= 0 && client.want_write()) {
      assert.equal(client.loop_write(), 0);
      uses.written += 1;
    }
    if (client.socket() >= 0) {
      client.loop_read();
      uses.read += 1;
    }
    client.loop_misc();
    uses.misc += 1;
    if (events.at(-1) === 'subscribe') assert.equal(client.disconnect(), 0);
    return events.length === ALL.length;
  }, 'the end');
  assert.deepEqual(events, ALL);
  return uses;
}

export const traffic: Chapter = {
  'libmosquitto_loop.h': {
    mosquitto_loop_forever: async (t, broker) => {
      const { client, events } = startedFor(t, broker);
      client.on_subscribe = (mosq) => {
        events.push('subscribe');
        mosq.disconnect();
      };
      assert.equal(await client.loop_forever(-1, 1), MOSQ_ERR_SUCCESS);
      assert.deepEqual(events, ALL);
    },
    mosquitto_loop_start: async (t, broker) => {
      for (const thread of [true, false]) {
        const { client, events } = startedFor(t, broker);
        assert.equal(client.loop_start({ thread }), 0);
        assert.equal(client.loop_start(), MOSQ_ERR_INVAL);
        await until(() => events.at(-1) === 'subscribe', 'the callbacks');
      }
    },
    mosquitto_loop_stop: async (t, broker) => {
      const { client, events } = startedFor(t, broker);
      assert.equal(client.loop_stop(), MOSQ_ERR_INVAL);
      assert.equal(client.loop_start(), 0);
      await until(() => events.at(-1) === 'subscribe', 'the callbacks');
      assert.equal(client.disconnect(), 0);
      assert.equal(client.loop_stop(), 0);
      await until(() => events.length === 3, 'on_disconnect');
      assert.deepEqual(events, ALL);
    },
    mosquitto_loop: (t, broker) => {
      const { client, events } = startedFor(t, broker);
      while (events.at(-1) !== 'subscribe') assert.equal(client.loop(100, 1), 0);
      assert.equal(client.disconnect(), 0);
      while (events.length < ALL.length) client.loop(100, 1);
      assert.deepEqual(events, ALL);
    },
    mosquitto_loop_read: async (t, broker) => {
      assert.notEqual((await byHand(t, broker)).read, 0);
    },
    mosquitto_loop_write: (t, broker) => {
      const { client, events } = startedFor(t, broker);
      while (events.at(-1) !== 'subscribe') assert.equal(client.loop(100, 1), 0);
      // More than the socket accepts at once.
      const payload = new Uint8Array(1 << 20);
      for (let i = 0; i < 64 && !client.want_write(); i++) client.publish('traffic/write', payload);
      assert.equal(client.want_write(), true);
      assert.equal(client.loop_write(), 0);
    },
    mosquitto_loop_misc: async (t, broker) => {
      assert.notEqual((await byHand(t, broker)).misc, 0);
      assert.notEqual(clientFor(t).loop_misc(), 0);
    },
    mosquitto_socket: async (t, broker) => {
      const client = clientFor(t);
      assert.equal(client.socket(), -1);
      await connectedFor(t, broker, client);
      assert.ok(client.socket() > 2);
    },
    mosquitto_want_write: (t, broker) => {
      const { client, events } = startedFor(t, broker);
      while (events.at(-1) !== 'subscribe') assert.equal(client.loop(100, 1), 0);
      const payload = new Uint8Array(1 << 20);
      for (let i = 0; i < 64 && !client.want_write(); i++) client.publish('traffic/want', payload);
      assert.equal(client.want_write(), true);
    },
    mosquitto_threaded_set: async (t, broker) => {
      const client = clientFor(t);
      assert.equal(client.threaded_set(true), 0);
      assert.equal(client.loop_start(), 0);
      await connectTo(client, broker);
    },
  },
};
