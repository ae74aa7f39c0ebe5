import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, type Properties } from 'libmosquitto';
import { type Connack, client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import { CONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import {
  AUTH,
  accept5,
  ack5,
  auth5,
  connack5,
  disconnect5,
  publish5,
  readPublish5,
  readReason5,
  readSubscribe5,
  readUnsubscribe5,
  suback5,
  unsuback5,
} from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { allOf, samplesOf } from './samples';
import { session } from './session';

// Tests every property that a client may receive, in every packet that may have it, at the ends of its range. The
// callback must get the value that was sent.

const limit = { timeout: scaled(60000) };
const STATIC = build_info().linkage === 'static';

/** The properties that a callback gets for these; null for none. */
function given(properties: Properties): Properties | null {
  return Object.keys(properties).length === 0 ? null : properties;
}

/** Both sides allow the largest number of aliases. */
const ALIASES: Properties = { 'topic-alias-maximum': 65535 };

for (const mode of MODES) {
  test(`CONNACK: each property, and all at once, at on_connect (${mode})`, limit, async (t) => {
    let next: Properties = {};
    const fake = await fakeBrokerFor(t, async (peer) => {
      await accept5(peer, next);
    });
    for (const properties of [...samplesOf('in', 'CONNACK'), allOf('in', 'CONNACK'), {}]) {
      next = properties;
      const client = client5For(t);
      const driven = driveFor(t, client, mode);
      const expected: Connack = { rc: 0, flags: 0, properties: given(properties) };
      assert.deepEqual(await connect5(client, fake), expected);
      await driven.stop();
      client.destroy();
    }
  });

  test(`PUBLISH: each property, and all at once, in the message, at each QoS (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode, ALIASES, ALIASES);
    const received: Array<Properties | null> = [];
    client.on_message = (_mosq, _obj, msg) => {
      assert.equal(msg.topic, 'größe/x');
      assert.equal(String(msg.payload), 'payload');
      received.push(msg.properties);
    };
    let mid = 0;
    for (const qos of [0, 1, 2]) {
      for (const properties of [...samplesOf('in', 'PUBLISH'), allOf('in', 'PUBLISH'), {}]) {
        mid += 1;
        received.length = 0;
        peer.send(publish5('größe/x', 'payload', { qos, mid, properties }));
        if (qos === 2) {
          await peer.nextOf(PUBREC);
          peer.send(ack5(PUBREL, mid));
        }
        await until(() => received.length === 1, 'the message');
        assert.deepEqual(received, [given(properties)]);
      }
    }
  });

  test(`PUBACK and PUBCOMP: each property, and all at once, at on_publish (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode, ALIASES, ALIASES);
    const seen: unknown[] = [];
    client.on_publish = (_mosq, _obj, mid, reason_code, properties) => {
      seen.push([mid, reason_code, properties]);
    };
    for (const properties of [...samplesOf('in', 'PUBACK'), allOf('in', 'PUBACK'), {}]) {
      assert.equal(client.publish('a', 'x', 1), 0);
      const { mid } = readPublish5(await peer.nextOf(PUBLISH));
      peer.send(ack5(PUBACK, mid, 0, properties));
      await until(() => seen.length === 1, 'on_publish');
      assert.deepEqual(seen.splice(0), [[mid, 0, given(properties)]]);
    }
    for (const properties of [...samplesOf('in', 'PUBCOMP'), allOf('in', 'PUBCOMP'), {}]) {
      assert.equal(client.publish('a', 'x', 2), 0);
      const { mid } = readPublish5(await peer.nextOf(PUBLISH));
      peer.send(ack5(PUBREC, mid, 0, { 'reason-string': 'on its way' }));
      await peer.nextOf(PUBREL);
      peer.send(ack5(PUBCOMP, mid, 0, properties));
      await until(() => seen.length === 1, 'on_publish');
      assert.deepEqual(seen.splice(0), [[mid, 0, given(properties)]]);
    }
  });

  if (STATIC) {
    test(`a PUBREC that refuses: each property, and all at once, at on_publish (${mode})`, limit, async (t) => {
      const { client, peer } = await session(t, mode, ALIASES, ALIASES);
      const seen: unknown[] = [];
      client.on_publish = (_mosq, _obj, mid, reason_code, properties) => {
        seen.push([mid, reason_code, properties]);
      };
      for (const properties of [...samplesOf('in', 'PUBREC'), allOf('in', 'PUBREC'), {}]) {
        assert.equal(client.publish('a', 'x', 2), 0);
        const { mid } = readPublish5(await peer.nextOf(PUBLISH));
        peer.send(ack5(PUBREC, mid, 0x97, properties));
        await until(() => seen.length === 1, 'on_publish');
        assert.deepEqual(seen.splice(0), [[mid, 0x97, given(properties)]]);
      }
      // No callback gets the properties of a PUBREC that accepts a message, and the next packet does not get them
      // either.
      assert.equal(client.publish('a', 'x', 2), 0);
      assert.equal(client.publish('a', 'x', 1), 0);
      const first = readPublish5(await peer.nextOf(PUBLISH));
      const second = readPublish5(await peer.nextOf(PUBLISH));
      peer.send(ack5(PUBREC, first.mid, 0, { 'reason-string': 'accepted' }), ack5(PUBACK, second.mid));
      await until(() => seen.length === 1, 'on_publish');
      assert.deepEqual(seen, [[second.mid, 0, null]]);
    });

    test(`the broker's DISCONNECT: each property, and all at once, at on_disconnect (${mode})`, limit, async (t) => {
      let next: Properties = {};
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer);
        peer.send(disconnect5(0x9c, next));
      });
      const client = client5For(t);
      const seen: unknown[] = [];
      client.on_disconnect = (_mosq, _obj, rc, properties) => {
        seen.push([rc, properties]);
      };
      const driven = driveFor(t, client, mode);
      for (const properties of [...samplesOf('in', 'DISCONNECT'), allOf('in', 'DISCONNECT'), {}]) {
        next = properties;
        assert.equal(client.connect(fake.host, fake.port), 0);
        await until(() => seen.length === 1, 'on_disconnect');
        assert.deepEqual(seen.splice(0), [[0x9c, given(properties)]]);
      }
      await driven.stop();
    });
  }

  test(
    `SUBACK and UNSUBACK: each property, and all at once, at on_subscribe and on_unsubscribe (${mode})`,
    limit,
    async (t) => {
      const { client, peer } = await session(t, mode, ALIASES, ALIASES);
      const seen: unknown[] = [];
      client.on_subscribe = (_mosq, _obj, mid, qos_list, properties) => {
        seen.push([mid, qos_list, properties]);
      };
      client.on_unsubscribe = (_mosq, _obj, mid, _codes, properties) => {
        seen.push([mid, properties]);
      };
      for (const properties of [...samplesOf('in', 'SUBACK'), allOf('in', 'SUBACK'), {}]) {
        assert.equal(client.subscribe('a/#', 1), 0);
        const { mid } = readSubscribe5(await peer.nextOf(SUBSCRIBE));
        peer.send(suback5(mid, [1], properties));
        await until(() => seen.length === 1, 'on_subscribe');
        assert.deepEqual(seen.splice(0), [[mid, [1], given(properties)]]);
      }
      for (const properties of [...samplesOf('in', 'UNSUBACK'), allOf('in', 'UNSUBACK'), {}]) {
        assert.equal(client.unsubscribe('a/#'), 0);
        const { mid } = readUnsubscribe5(await peer.nextOf(UNSUBSCRIBE));
        peer.send(unsuback5(mid, [0], properties));
        await until(() => seen.length === 1, 'on_unsubscribe');
        assert.deepEqual(seen.splice(0), [[mid, given(properties)]]);
      }
    },
  );

  if (HAS_2_1) {
    test(`AUTH: each property, and all at once, at on_ext_auth (${mode})`, limit, async (t) => {
      const samples = [...samplesOf('in', 'AUTH'), allOf('in', 'AUTH'), {}];
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        for (const properties of samples) {
          peer.send(auth5(0x18, properties));
          assert.equal(readReason5(await peer.nextOf(AUTH)).code, 0x18);
        }
        peer.send(connack5());
      });
      const client = client5For(t);
      const seen: unknown[] = [];
      client.on_ext_auth = (mosq, _obj, method, data, properties) => {
        seen.push([method, data, properties]);
        return mosq.ext_auth_continue('M');
      };
      driveFor(t, client, mode);
      assert.equal((await connect5(client, fake)).rc, 0);
      assert.deepEqual(
        seen,
        // C cannot distinguish an empty string from none; `properties` can.
        samples.map((properties) => [
          properties['authentication-method'] || null,
          properties['authentication-data']?.length ? properties['authentication-data'] : null,
          given(properties),
        ]),
      );
    });
  }
}

// Only the static build repairs this: the library itself ends the connection.
if (STATIC) {
  test(
    'a repeated subscription identifier is an array in the order of the packet, a single one a number',
    limit,
    async (t) => {
      const { client, peer } = await session(t, 'event loop', ALIASES, ALIASES);
      const seen: unknown[] = [];
      client.on_message = (_mosq, _obj, msg) => {
        seen.push(msg.properties?.['subscription-identifier']);
      };
      for (const ids of [[7], [300, 7], [3, 1, 2]]) {
        peer.send(publish5('a', 'x', { properties: { 'subscription-identifier': ids } }));
      }
      await until(() => seen.length === 3, 'three messages');
      assert.deepEqual(seen, [7, [300, 7], [3, 1, 2]]);
    },
  );
}

test('properties stay what they are after later messages have come', limit, async (t) => {
  const { client, peer } = await session(t, 'thread', ALIASES, ALIASES);
  const seen: Array<Properties | null> = [];
  client.on_message = (_mosq, _obj, msg) => {
    seen.push(msg.properties);
  };
  const sent = Array.from({ length: 500 }, (_, index) => ({
    'correlation-data': Buffer.from(`id ${index}`),
    'user-property': [['n', String(index)]] as Array<[string, string]>,
  }));
  peer.send(...sent.map((properties) => publish5('a', 'x', { properties })));
  await until(() => seen.length === sent.length, 'all messages');
  assert.deepEqual(seen, sent);
});
