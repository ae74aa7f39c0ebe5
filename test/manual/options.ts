// Uses the functions of libmosquitto_options.h.
import assert from 'node:assert/strict';
import {
  MOSQ_ERR_INVAL,
  MOSQ_OPT_BIND_ADDRESS,
  MOSQ_OPT_PROTOCOL_VERSION,
  MQTT_PROTOCOL_V5,
  MQTT_PROTOCOL_V31,
} from 'libmosquitto';
import { CONNECT, PUBLISH, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connectedFor } from './chapter';

export const options: Chapter = {
  'libmosquitto_options.h': {
    // This is an older name of the next function, with the same options.
    mosquitto_opts_set: async (t, broker) => {
      const client = clientFor(t, 'opts_set');
      assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V31), 0);
      await connectedFor(t, broker, client);
      assert.match(broker.log(), /as opts_set \(p1,/);
    },
    mosquitto_int_option: async (t, broker) => {
      const client = clientFor(t, 'int_option');
      assert.equal(client.int_option(-1, 0), MOSQ_ERR_INVAL);
      assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
      await connectedFor(t, broker, client);
      assert.match(broker.log(), /as int_option \(p5,/);
    },
    mosquitto_string_option: async (t, broker) => {
      const client = clientFor(t, 'string_option');
      assert.equal(client.string_option(-1, ''), MOSQ_ERR_INVAL);
      assert.equal(client.string_option(MOSQ_OPT_BIND_ADDRESS, '127.0.0.5'), 0);
      await connectedFor(t, broker, client);
      assert.match(broker.log(), /from 127\.0\.0\.5:\d+ as string_option /);
    },
    mosquitto_reconnect_delay_set: async (t) => {
      const times: number[] = [];
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        times.push(performance.now());
        peer.end();
      });
      const client = clientFor(t);
      assert.equal(client.reconnect_delay_set(2, 2, false), 0);
      assert.equal(client.connect_async(fake.host, fake.port), 0);
      driveFor(t, client, 'thread');
      await until(() => times.length === 2, 'the second attempt');
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) > 1900, 'two seconds, not the one of the default');
    },
    mosquitto_max_inflight_messages_set: async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const client = clientFor(t);
      assert.equal(client.max_inflight_messages_set(1), 0);
      driveFor(t, client, 'thread');
      await connectTo(client, fake);
      for (const [topic, qos] of [
        ['first', 1],
        ['waits', 1],
        ['last', 0],
      ] as const) {
        assert.equal(client.publish(topic, '', qos), 0);
      }
      const peer = fake.peers[0];
      assert.ok(peer);
      for (const topic of ['first', 'last']) assert.equal(readPublish(await peer.nextOf(PUBLISH)).topic, topic);
    },
    mosquitto_message_retry_set: (t) => {
      assert.equal(clientFor(t).message_retry_set(5), undefined);
    },
    mosquitto_user_data_set: async (t, broker) => {
      const client = clientFor(t, null, true, 'the first object');
      client.user_data_set('the second object');
      const seen: string[] = [];
      client.on_connect = (_mosq, obj) => {
        seen.push(obj);
      };
      driveFor(t, client, 'thread');
      assert.equal(client.connect(broker.host, broker.port), 0);
      await until(() => seen.length > 0, 'on_connect');
      assert.deepEqual(seen, ['the second object']);
    },
    mosquitto_userdata: (t) => {
      const obj = { any: 'thing' };
      assert.equal(clientFor(t, null, true, obj).userdata(), obj);
    },
  },
};
