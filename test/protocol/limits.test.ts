// Tests that the limits in a CONNACK apply to its connection, and not to the next one.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_OVERSIZE_PACKET,
  MOSQ_ERR_PROTOCOL,
  MOSQ_ERR_QOS_NOT_SUPPORTED,
  MQTT_RC_TOPIC_ALIAS_INVALID,
  type Properties,
} from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNECT, PUBLISH } from '../support/packets';
import { connack5, publish5, readConnect5, readPublish5 } from '../support/packets5';
import { scaled, until } from '../support/wait';
import { type Connection, connectionOf } from './connection';

const limit = { timeout: scaled(30000) };

interface Scene extends Connection {
  /** Messages and the ends of connections. */
  readonly events: string[];
  /** The keepalive of each CONNECT. */
  readonly keepalives: number[];
}

/** A client of MQTT 5, and a broker with a CONNACK for each connection. */
async function scene(
  t: TestContext,
  mode: Mode,
  connacks: Properties[],
  asked: Properties | null = null,
): Promise<Scene> {
  const client = client5For(t);
  const events: string[] = [];
  client.on_disconnect = (_mosq, _obj, rc) => {
    events.push(`disconnect ${rc}`);
  };
  client.on_message = (_mosq, _obj, msg) => {
    events.push(`${msg.topic} ${msg.payload.toString()}`);
  };
  const keepalives: number[] = [];
  const accept = async (peer: Peer): Promise<void> => {
    const properties = connacks[keepalives.length] ?? {};
    keepalives.push(readConnect5(await peer.nextOf(CONNECT)).keepalive);
    peer.send(connack5(0, properties));
  };
  const connection = await connectionOf(t, mode, client, accept, ({ host, port }) =>
    client.connect(host, port, 60, null, asked),
  );
  const again = async (): Promise<void> => {
    connection.peer().end();
    await until(() => events.at(-1)?.startsWith('disconnect') === true, 'on_disconnect');
    events.length = 0;
    await connection.again();
  };
  return { ...connection, events, keepalives, again };
}

// The system's library keeps all limits of earlier connections.
for (const mode of build_info().linkage === 'static' ? MODES : []) {
  describe(`the limits of a broker apply to its connection (${mode})`, () => {
    test('limits of a CONNACK are gone with the next one', limit, async (t) => {
      const narrow: Properties = {
        'maximum-packet-size': 40,
        'maximum-qos': 0,
        'retain-available': 0,
        'receive-maximum': 1,
        'server-keep-alive': 7,
      };
      const { client, keepalives, peer, again } = await scene(t, mode, [narrow, {}]);
      assert.equal(client.publish('t', 'x', 1), MOSQ_ERR_QOS_NOT_SUPPORTED);
      assert.equal(client.publish('t', 'x'.repeat(100)), MOSQ_ERR_OVERSIZE_PACKET);
      await again();
      const long = 'x'.repeat(100);
      for (let i = 0; i < 3; i++) assert.equal(client.publish('t', long, 1, true), 0);
      // All three at once, though none is acknowledged.
      for (let i = 0; i < 3; i++) {
        const { qos, retain, payload } = readPublish5(await peer().nextOf(PUBLISH));
        assert.deepEqual({ qos, retain, payload: payload.toString() }, { qos: 1, retain: true, payload: long });
      }
      assert.deepEqual(keepalives, [60, 60]);
    });

    test(
      'the default limit of messages under way is the one that was set, not the one of an earlier CONNACK',
      limit,
      async (t) => {
        const { client, peer, again } = await scene(t, mode, [{ 'receive-maximum': 500 }, {}]);
        client.max_inflight_messages_set(2);
        await again();
        for (let i = 0; i < 4; i++) assert.equal(client.publish('t', String(i), 1), 0);
        assert.equal(client.publish('end', ''), 0);
        const sent = [await peer().nextOf(PUBLISH), await peer().nextOf(PUBLISH), await peer().nextOf(PUBLISH)];
        assert.deepEqual(
          sent.map((packet) => readPublish5(packet).topic),
          ['t', 't', 'end'],
        );
      },
    );
  });

  describe(`aliases of a broker (${mode})`, () => {
    const first = publish5('named', '1', { properties: { 'topic-alias': 1 } });
    const short = publish5('', '2', { properties: { 'topic-alias': 1 } });

    test('as many as the client has allowed, whatever the broker allows', limit, async (t) => {
      const { events, peer } = await scene(t, mode, [], { 'topic-alias-maximum': 5 });
      peer().send(first, short, publish5('other', '3', { properties: { 'topic-alias': 1 } }), short);
      peer().send(publish5('last', '4', { properties: { 'topic-alias': 5 } }));
      await until(
        () => events.length === 5,
        () => `five messages; so far: ${events.join(', ')}`,
      );
      assert.deepEqual(events, ['named 1', 'named 2', 'other 3', 'other 2', 'last 4']);
      peer().send(publish5('more', '5', { properties: { 'topic-alias': 6 } }));
      await until(() => events.length === 6, 'the end');
      assert.equal(events[5], `disconnect ${MQTT_RC_TOPIC_ALIAS_INVALID}`);
    });

    test('none without the consent of the client, though the broker takes some itself', limit, async (t) => {
      const { events, peer } = await scene(t, mode, [{ 'topic-alias-maximum': 10 }]);
      peer().send(first);
      await until(() => events.length > 0, 'the end');
      assert.deepEqual(events, [`disconnect ${MQTT_RC_TOPIC_ALIAS_INVALID}`]);
    });

    test('one that was never given a topic is a fault', limit, async (t) => {
      const { events, peer } = await scene(t, mode, [], { 'topic-alias-maximum': 5 });
      peer().send(first, publish5('', '2', { properties: { 'topic-alias': 2 } }));
      await until(() => events.length === 2, 'the end');
      assert.deepEqual(events, ['named 1', `disconnect ${MOSQ_ERR_PROTOCOL}`]);
    });

    test('they are forgotten with the connection', limit, async (t) => {
      const { events, peer, again } = await scene(t, mode, [{}, {}], { 'topic-alias-maximum': 5 });
      peer().send(first);
      await until(() => events.length === 1, 'the message');
      await again();
      peer().send(short);
      await until(() => events.length === 1, 'the end');
      assert.deepEqual(events, [`disconnect ${MOSQ_ERR_PROTOCOL}`]);
    });
  });
}
