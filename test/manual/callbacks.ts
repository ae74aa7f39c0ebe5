// Uses the functions of libmosquitto_callbacks.h.
import assert from 'node:assert/strict';
import { MOSQ_ERR_AUTH, MOSQ_LOG_DEBUG, MQTT_RC_NO_SUBSCRIPTION_EXISTED, type Properties } from 'libmosquitto';
import { client5For, HAS_2_1 } from '../support/client5';
import { CONNECT } from '../support/packets';
import { accept5, auth5, disconnect5 } from '../support/packets5';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connected5For, connectedFor, told } from './chapter';

export const callbacks: Chapter = {
  'libmosquitto_callbacks.h': {
    mosquitto_connect_callback_set: async (t, { host, port }) => {
      const client = clientFor(t);
      driveFor(t, client, 'thread');
      const [rc] = await told<[number]>(
        (callback) => {
          client.on_connect = callback;
        },
        () => client.connect(host, port),
      );
      assert.equal(rc, 0);
    },
    mosquitto_connect_with_flags_callback_set: async (t, { host, port }) => {
      for (const present of [0, 1]) {
        const client = clientFor(t, 'with_flags', false);
        driveFor(t, client, 'thread');
        const [rc, flags] = await told<[number, number]>(
          (callback) => {
            client.on_connect = callback;
          },
          () => client.connect(host, port),
        );
        assert.deepEqual([rc, flags], [0, present]);
        client.destroy();
      }
    },
    mosquitto_connect_v5_callback_set: async (t, { host, port }) => {
      const client = client5For(t);
      driveFor(t, client, 'thread');
      const [rc, , properties] = await told<[number, number, Properties | null]>(
        (callback) => {
          client.on_connect = callback;
        },
        () => client.connect(host, port),
      );
      assert.equal(rc, 0);
      assert.ok(properties?.['assigned-client-identifier']);
    },
    mosquitto_pre_connect_callback_set: async (t, broker) => {
      const client = clientFor(t, 'pre_connect');
      client.on_pre_connect = (mosq) => {
        mosq.username_pw_set('renewed');
      };
      await connectedFor(t, broker, client);
      assert.match(broker.log(), /as pre_connect .*u'renewed'/);
    },
    mosquitto_disconnect_callback_set: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const [rc] = await told<[number]>(
        (callback) => {
          client.on_disconnect = callback;
        },
        () => client.disconnect(),
      );
      assert.equal(rc, 0);
    },
    mosquitto_disconnect_v5_callback_set: async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer);
        peer.send(disconnect5(0x8b, { 'reason-string': 'shutting down' }));
      });
      const client = client5For(t);
      const ends: Array<[number, Properties | null]> = [];
      client.on_disconnect = (mosq, _obj, rc, properties) => {
        ends.push([rc, properties]);
        mosq.disconnect();
      };
      driveFor(t, client, 'thread');
      await connectTo(client, fake);
      await until(() => ends.length > 0, 'on_disconnect');
      const [rc, properties] = ends[0] ?? [];
      assert.equal(rc, 0x8b);
      // libmosquitto 2.0 does not pass these on.
      assert.equal(properties?.['reason-string'], HAS_2_1 ? 'shutting down' : undefined);
    },
    mosquitto_publish_callback_set: async (t, broker) => {
      const client = await connectedFor(t, broker);
      for (const qos of [0, 1, 2] as const) {
        const [mid] = await told<[number]>(
          (callback) => {
            client.on_publish = callback;
          },
          () => client.publish('callbacks', '', qos),
        );
        assert.equal(mid, client.last_mid);
      }
    },
    mosquitto_publish_v5_callback_set: async (t, broker) => {
      const client = await connected5For(t, broker);
      const [, reason_code] = await told<[number, number]>(
        (callback) => {
          client.on_publish = callback;
        },
        () => client.publish('nobody/listens', '', 1),
      );
      assert.equal(reason_code, 0x10);
    },
    mosquitto_message_callback_set: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const messages = collect(client);
      await subscribeTo(client, 'message', 2);
      assert.equal(client.publish('message', 'text', 2), 0);
      await until(() => messages.length === 1, 'the message');
      const { mid, topic, payload, payloadlen, qos, retain, properties } = messages[0] ?? assert.fail();
      assert.ok(mid > 0);
      assert.deepEqual(
        [topic, String(payload), payloadlen, qos, retain, properties],
        ['message', 'text', 4, 2, false, null],
      );
    },
    mosquitto_message_v5_callback_set: async (t, broker) => {
      const client = await connected5For(t, broker);
      const messages = collect(client);
      await subscribeTo(client, 'message_v5');
      const pairs: Array<[string, string]> = [
        ['b', '1'],
        ['a', '2'],
        ['b', '3'],
      ];
      assert.equal(client.publish('message_v5', '', 0, false, { 'user-property': pairs }), 0);
      await until(() => messages.length === 1, 'the message');
      assert.deepEqual(messages[0]?.properties?.['user-property'], pairs);
    },
    mosquitto_subscribe_callback_set: async (t, broker) => {
      assert.deepEqual(await subscribeTo(await connectedFor(t, broker), 'subscribe', 2), [2]);
    },
    mosquitto_subscribe_v5_callback_set: async (t, broker) => {
      const client = await connected5For(t, broker);
      const answer = await told<[number, number[], Properties | null]>(
        (callback) => {
          client.on_subscribe = callback;
        },
        () => client.subscribe('subscribe', 1),
      );
      assert.deepEqual(answer, [client.last_mid, [1], null]);
    },
    mosquitto_unsubscribe_callback_set: async (t, broker) => {
      const client = await connectedFor(t, broker);
      const [mid, codes] = await told<[number, number[]]>(
        (callback) => {
          client.on_unsubscribe = callback;
        },
        () => client.unsubscribe('never/subscribed'),
      );
      assert.deepEqual([mid, codes], [client.last_mid, []]);
    },
    mosquitto_unsubscribe_v5_callback_set: async (t, broker) => {
      const client = await connected5For(t, broker);
      const [mid, , properties] = await told<[number, number[], Properties | null]>(
        (callback) => {
          client.on_unsubscribe = callback;
        },
        () => client.unsubscribe('never/subscribed'),
      );
      assert.deepEqual([mid, properties], [client.last_mid, null]);
    },
    mosquitto_unsubscribe2_v5_callback_set: async (t, broker) => {
      const client = await connected5For(t, broker);
      await subscribeTo(client, 'subscribed');
      const [, codes] = await told<[number, number[]]>(
        (callback) => {
          client.on_unsubscribe = callback;
        },
        () => client.unsubscribe(['subscribed', 'never/subscribed']),
      );
      assert.deepEqual(codes, HAS_2_1 ? [0, MQTT_RC_NO_SUBSCRIPTION_EXISTED] : []);
    },
    mosquitto_ext_auth_callback_set: async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        peer.send(auth5(0x18, { 'authentication-method': 'method' }));
        if (!HAS_2_1) peer.end();
      });
      const client = client5For(t);
      const methods: unknown[] = [];
      client.on_ext_auth = (_mosq, _obj, method) => {
        methods.push(method);
        return MOSQ_ERR_AUTH;
      };
      driveFor(t, client, 'thread');
      const [rc] = await told<[number]>(
        (callback) => {
          client.on_disconnect = callback;
        },
        () => client.connect(fake.host, fake.port),
      );
      assert.deepEqual(methods, HAS_2_1 ? ['method'] : []);
      if (HAS_2_1) assert.equal(rc, MOSQ_ERR_AUTH);
      else assert.notEqual(rc, 0);
    },
    mosquitto_log_callback_set: async (t, broker) => {
      const client = clientFor(t, 'log');
      const lines: Array<[number, string]> = [];
      client.on_log = (_mosq, _obj, level, text) => {
        lines.push([level, text]);
      };
      await connectedFor(t, broker, client);
      assert.ok(lines.some(([level, text]) => level === MOSQ_LOG_DEBUG && /Client log sending CONNECT/.test(text)));
    },
  },
};
