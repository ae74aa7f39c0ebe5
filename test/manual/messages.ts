// Uses the functions that publish, subscribe, unsubscribe and read messages.
import assert from 'node:assert/strict';
import { MQTT_SUB_OPT_NO_LOCAL } from 'libmosquitto';
import { client5For } from '../support/client5';
import { clientFor } from '../support/scope';
import { type Address, collect, subscribeTo, unsubscribeFrom } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connected5For, connectedFor, told } from './chapter';

type Messages = ReturnType<typeof collect>;

async function watch(t: Parameters<typeof connected5For>[0], broker: Address, filter: string): Promise<Messages> {
  const watcher = await connected5For(t, broker);
  const messages = collect(watcher);
  await subscribeTo(watcher, filter, 2);
  return messages;
}

async function only(messages: Messages): Promise<Messages[number]> {
  await until(() => messages.length > 0, 'the message');
  const [message] = messages;
  assert.ok(message && messages.length === 1);
  return message;
}

export const messages: Chapter = {
  'libmosquitto_publish.h': {
    mosquitto_publish: async (t, broker) => {
      const received = await watch(t, broker, 'publish');
      const client = await connectedFor(t, broker);
      const [mid] = await told<[number]>(
        (callback) => {
          client.on_publish = callback;
        },
        () => client.publish('publish', 'text', 1, false),
      );
      assert.equal(mid, client.last_mid);
      const { topic, payload, qos, retain } = await only(received);
      assert.deepEqual([topic, String(payload), qos, retain], ['publish', 'text', 1, false]);
    },
    mosquitto_publish_v5: async (t, broker) => {
      const received = await watch(t, broker, 'publish_v5');
      const client = await connected5For(t, broker);
      const properties = { 'content-type': 'text/plain', 'correlation-data': Buffer.from([0, 255]) };
      assert.equal(client.publish('publish_v5', new Uint8Array([1, 2]), 2, false, properties), 0);
      const message = await only(received);
      assert.deepEqual([...message.payload], [1, 2]);
      assert.deepEqual({ ...message.properties }, properties);
    },
  },
  'libmosquitto_subscribe.h': {
    mosquitto_subscribe: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const received = collect(client);
      assert.deepEqual(await subscribeTo(client, 'subscribe/+', 1), [1]);
      assert.equal(client.publish('subscribe/x', 'text', 2), 0);
      assert.equal((await only(received)).qos, 1);
    },
    mosquitto_subscribe_v5: async (t, broker) => {
      const client = await connected5For(t, broker);
      const received = collect(client);
      const subscribe = (filter: string, options: number, identifier: number) =>
        told<[number, number[]]>(
          (callback) => {
            client.on_subscribe = callback;
          },
          () => client.subscribe(filter, 0, options, { 'subscription-identifier': identifier }),
        );
      await subscribe('subscribe_v5/silent', MQTT_SUB_OPT_NO_LOCAL, 1);
      await subscribe('subscribe_v5/heard', 0, 2);
      assert.equal(client.publish('subscribe_v5/silent'), 0);
      assert.equal(client.publish('subscribe_v5/heard'), 0);
      const { topic, properties } = await only(received);
      assert.deepEqual([topic, properties?.['subscription-identifier']], ['subscribe_v5/heard', 2]);
    },
    mosquitto_subscribe_multiple: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const [mid, granted] = await told<[number, number[]]>(
        (callback) => {
          client.on_subscribe = callback;
        },
        () => client.subscribe(['multiple/1', 'multiple/2', 'multiple/3'], 2),
      );
      assert.deepEqual([mid, granted], [client.last_mid, [2, 2, 2]]);
    },
  },
  'libmosquitto_unsubscribe.h': {
    mosquitto_unsubscribe: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const received = collect(client);
      await subscribeTo(client, 'unsubscribe/#');
      await subscribeTo(client, 'marker');
      await unsubscribeFrom(client, 'unsubscribe/#');
      assert.equal(client.publish('unsubscribe/x'), 0);
      assert.equal(client.publish('marker'), 0);
      assert.equal((await only(received)).topic, 'marker');
    },
    mosquitto_unsubscribe_v5: async (t, broker) => {
      const client = await connected5For(t, broker);
      await subscribeTo(client, 'unsubscribe_v5');
      const [mid] = await told<[number]>(
        (callback) => {
          client.on_unsubscribe = callback;
        },
        () => client.unsubscribe('unsubscribe_v5', { 'user-property': [['why', 'enough']] }),
      );
      assert.equal(mid, client.last_mid);
    },
    mosquitto_unsubscribe_multiple: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const received = collect(client);
      for (const filter of ['gone/1', 'gone/2', 'kept']) await subscribeTo(client, filter);
      await told<[number]>(
        (callback) => {
          client.on_unsubscribe = callback;
        },
        () => client.unsubscribe(['gone/1', 'gone/2']),
      );
      for (const topic of ['gone/1', 'gone/2', 'kept']) assert.equal(client.publish(topic), 0);
      assert.equal((await only(received)).topic, 'kept');
    },
  },
  'libmosquitto_will.h': {
    mosquitto_will_set: async (t, broker) => {
      const received = await watch(t, broker, 'will_set');
      const client = clientFor(t);
      assert.equal(client.will_set('will_set', 'gone', 1, false), 0);
      await connectedFor(t, broker, client);
      client.destroy();
      const { payload, qos } = await only(received);
      assert.deepEqual([String(payload), qos], ['gone', 1]);
    },
    mosquitto_will_set_v5: async (t, broker) => {
      const received = await watch(t, broker, 'will_set_v5');
      const client = client5For(t);
      assert.equal(client.will_set('will_set_v5', 'gone', 0, false, { 'content-type': 'text/plain' }), 0);
      await connectedFor(t, broker, client);
      client.destroy();
      assert.equal((await only(received)).properties?.['content-type'], 'text/plain');
    },
    mosquitto_will_clear: async (t, broker) => {
      const received = await watch(t, broker, 'will_clear/#');
      for (const clear of [true, false]) {
        const client = clientFor(t, `will_clear_${clear}`);
        assert.equal(client.will_set(`will_clear/${clear}`), 0);
        if (clear) assert.equal(client.will_clear(), 0);
        await connectedFor(t, broker, client);
        client.destroy();
        await until(
          () => new RegExp(`Client will_clear_${clear} .*(closed|disconnected)`).test(broker.log()),
          'the end',
        );
      }
      assert.equal((await only(received)).topic, 'will_clear/false');
    },
  },
};
