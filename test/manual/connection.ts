// Uses the functions of libmosquitto_connect.h.
import assert from 'node:assert/strict';
import { type Mosquitto, MQTT_RC_DISCONNECT_WITH_WILL_MSG } from 'libmosquitto';
import { client5For } from '../support/client5';
import { dnsServerFor } from '../support/dns-server';
import { clientFor, driveFor } from '../support/scope';
import { collect, disconnectFrom, subscribeTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connectedFor, told } from './chapter';

/** Asserts that `act` connects, and that the broker's answer is 0. */
async function accepted(client: Mosquitto, act: () => number): Promise<void> {
  const [rc] = await told<[number]>((callback) => {
    client.on_connect = callback;
  }, act);
  assert.equal(rc, 0);
}

/** The local address of each connection that the broker has logged for a client. */
function addressOf(log: string, id: string): string | undefined {
  return new RegExp(`connected from (\\S+):\\d+ as ${id} `).exec(log)?.[1];
}

export const connection: Chapter = {
  'libmosquitto_connect.h': {
    mosquitto_connect: async (t, { host, port }) => {
      const client = clientFor(t);
      driveFor(t, client, 'loop');
      await accepted(client, () => client.connect(host, port, 60));
    },
    mosquitto_connect_bind: async (t, broker) => {
      const client = clientFor(t, 'bind');
      driveFor(t, client, 'loop');
      await accepted(client, () => client.connect(broker.host, broker.port, 60, '127.0.0.2'));
      assert.equal(addressOf(broker.log(), 'bind'), '127.0.0.2');
    },
    mosquitto_connect_bind_v5: async (t, { host, port }) => {
      for (const flags of [0, 1]) {
        const client = client5For(t, 'bind_v5', false);
        driveFor(t, client, 'thread');
        const answer = await told<[number, number]>(
          (callback) => {
            client.on_connect = callback;
          },
          () => client.connect(host, port, 60, '127.0.0.3', { 'session-expiry-interval': 60 }),
        );
        assert.deepEqual(answer.slice(0, 2), [0, flags], 'the second time the session is there');
        assert.equal(await disconnectFrom(client), 0);
      }
    },
    mosquitto_connect_async: async (t, { host, port }) => {
      const client = clientFor(t);
      driveFor(t, client, 'thread');
      await accepted(client, () => client.connect_async(host, port, 60));
    },
    mosquitto_connect_bind_async: async (t, broker) => {
      const client = clientFor(t, 'bind_async');
      driveFor(t, client, 'thread');
      await accepted(client, () => client.connect_async(broker.host, broker.port, 60, '127.0.0.4'));
      assert.equal(addressOf(broker.log(), 'bind_async'), '127.0.0.4');
    },
    mosquitto_connect_srv: async (t, { port }) => {
      await dnsServerFor(t, { '_mqtt._tcp.things.test': [{ name: 'localhost', port }] });
      const client = clientFor(t);
      driveFor(t, client, 'thread');
      await accepted(client, () => client.connect_srv('things.test', 60));
    },
    mosquitto_reconnect: async (t, broker) => {
      const client = await connectedFor(t, broker);
      assert.equal(await disconnectFrom(client), 0);
      await accepted(client, () => client.reconnect());
    },
    mosquitto_reconnect_async: async (t, broker) => {
      const client = await connectedFor(t, broker);
      assert.equal(await disconnectFrom(client), 0);
      await accepted(client, () => client.reconnect_async());
    },
    mosquitto_disconnect: async (t, broker) => {
      const client = await connectedFor(t, broker, clientFor(t, 'mosquitto_disconnect'));
      assert.equal(await disconnectFrom(client), 0);
      await until(() => /Client mosquitto_disconnect .*disconnected/.test(broker.log()), 'the broker to note it');
    },
    mosquitto_disconnect_v5: async (t, broker) => {
      const watcher = await connectedFor(t, broker);
      const messages = collect(watcher);
      await subscribeTo(watcher, 'disconnect_v5');
      const client = client5For(t);
      assert.equal(client.will_set('disconnect_v5', 'the will all the same'), 0);
      await connectedFor(t, broker, client);
      assert.equal(client.disconnect(MQTT_RC_DISCONNECT_WITH_WILL_MSG, { 'reason-string': 'going' }), 0);
      await until(() => messages.length === 1, 'the will');
      assert.equal(String(messages[0]?.payload), 'the will all the same');
    },
  },
};
