import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MQTT_RC_TOPIC_ALIAS_INVALID } from 'libmosquitto';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import { CONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import { accept5, ack5, connack5, disconnect5, readPublish5, suback5, unsuback5 } from '../support/packets5';
import { driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { session } from './session';

// Tests that each reason code in an answer of the broker reaches its callback unchanged.

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

function mid_of(body: Buffer): number {
  return body.readUInt16BE(0);
}

// Section 3.2.2.2 of the specification.
const CONNACKS = [
  0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c,
  0x9d, 0x9f,
];
// Section 3.14.2.1: the codes that a server may send.
const DISCONNECTS = [
  0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
  0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
];

for (const mode of MODES) {
  test(`CONNACK: on_connect has the code and the properties, on_disconnect follows (${mode})`, limit, async (t) => {
    let code = 0;
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.nextOf(CONNECT);
      peer.send(connack5(code, { 'reason-string': `no: ${code}` }));
    });
    for (code of CONNACKS) {
      const client = client5For(t);
      const events: unknown[][] = [];
      client.on_connect = (_mosq, _obj, ...details) => {
        events.push(details);
      };
      client.on_disconnect = (_mosq, _obj, rc) => {
        events.push([rc]);
      };
      const driven = driveFor(t, client, mode);
      assert.equal(client.connect(fake.host, fake.port), 0);
      await until(() => events.length >= 2, 'on_connect and on_disconnect');
      assert.deepEqual(events[0], [code, 0, { 'reason-string': `no: ${code}` }]);
      assert.notEqual(events[1]?.[0], 0);
      await driven.stop();
      client.destroy();
    }
  });

  test(
    `server DISCONNECT: its reason is on_disconnect's rc, with and without properties (${mode})`,
    limit,
    async (t) => {
      let end = disconnect5();
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer);
        peer.send(end);
      });
      for (const code of DISCONNECTS) {
        for (const properties of [null, { 'reason-string': 'leave', 'server-reference': 'elsewhere' }]) {
          end = disconnect5(code, properties);
          const client = client5For(t);
          const codes = disconnections(client);
          const driven = driveFor(t, client, mode);
          assert.equal(client.connect(fake.host, fake.port), 0);
          await until(() => codes.length === 1, `on_disconnect for ${code}`);
          assert.deepEqual(codes, [code]);
          await driven.stop();
          client.destroy();
        }
      }
    },
  );

  test(`PUBACK: on_publish has the code (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode);
    const seen: unknown[][] = [];
    client.on_publish = (_mosq, _obj, ...details) => {
      seen.push(details);
    };
    for (const code of [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]) {
      assert.equal(client.publish('a', 'x', 1), 0);
      const { mid } = readPublish5(await peer.nextOf(PUBLISH));
      peer.send(ack5(PUBACK, mid, code));
      await until(() => seen.length === 1, 'on_publish');
      assert.deepEqual(seen.splice(0), [[mid, code, null]]);
    }
  });

  test(
    `PUBREC that refuses ends the message, with its code at on_publish; PUBCOMP has its own (${mode})`,
    limit,
    async (t) => {
      const { client, peer } = await session(t, mode);
      const seen: unknown[][] = [];
      client.on_publish = (_mosq, _obj, mid, reason_code) => {
        seen.push([mid, reason_code]);
      };
      for (const code of [0x80, 0x83, 0x87, 0x90, 0x97, 0x99]) {
        assert.equal(client.publish('a', 'x', 2), 0);
        const { mid } = readPublish5(await peer.nextOf(PUBLISH));
        peer.send(ack5(PUBREC, mid, code));
        await until(() => seen.length === 1, 'on_publish');
        assert.deepEqual(seen.splice(0), [[mid, code]]);
      }
      assert.ok(!peer.received.some(({ type }) => type === PUBREL), 'nothing to release');
      for (const code of [0, 0x92]) {
        assert.equal(client.publish('a', 'x', 2), 0);
        const { mid } = readPublish5(await peer.nextOf(PUBLISH));
        peer.send(ack5(PUBREC, mid, 0x10));
        await peer.nextOf(PUBREL);
        peer.send(ack5(PUBCOMP, mid, code));
        await until(() => seen.length === 1, 'on_publish');
        assert.deepEqual(seen.splice(0), [[mid, code]]);
      }
    },
  );

  test(`SUBACK and UNSUBACK: a code for each filter (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode);
    const seen: unknown[][] = [];
    client.on_subscribe = (_mosq, _obj, mid, codes) => {
      seen.push([mid, codes]);
    };
    client.on_unsubscribe = (_mosq, _obj, mid, codes) => {
      seen.push([mid, codes]);
    };
    for (const codes of [[0], [2, 1, 0], [0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2]]) {
      const filters = codes.map((code) => `filter/${code}`);
      assert.equal(client.subscribe(filters, 2), 0);
      const mid = mid_of((await peer.nextOf(SUBSCRIBE)).body);
      peer.send(suback5(mid, codes));
      await until(() => seen.length === 1, 'on_subscribe');
      assert.deepEqual(seen.splice(0), [[mid, codes]]);
    }
    for (const codes of [[0], [0x11], [0x80, 0x83, 0x87, 0x8f, 0x91]]) {
      const filters = codes.map((code) => `filter/${code}`);
      assert.equal(client.unsubscribe(filters), 0);
      const mid = mid_of((await peer.nextOf(UNSUBSCRIBE)).body);
      peer.send(unsuback5(mid, codes));
      await until(() => seen.length === 1, 'on_unsubscribe');
      assert.deepEqual(seen.splice(0), [[mid, HAS_2_1 ? codes : []]]);
    }
  });
}

test('a real broker: no matching subscribers, and no subscription existed', limit, async (t) => {
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  await connect5(client, broker());
  const published: number[] = [];
  client.on_publish = (_mosq, _obj, _mid, reason_code) => {
    published.push(reason_code);
  };
  const removed: number[][] = [];
  client.on_unsubscribe = (_mosq, _obj, _mid, codes) => {
    removed.push(codes);
  };
  for (const qos of [1, 2] as const) assert.equal(client.publish('nobody/listens', 'x', qos), 0);
  assert.equal(client.unsubscribe(['never/subscribed', 'nor/this']), 0);
  await until(() => published.length === 2 && removed.length === 1, 'the answers');
  assert.equal(published[0], 0x10);
  assert.deepEqual(removed, [HAS_2_1 ? [0x11, 0x11] : []]);
});

test('a real broker that ends the connection says why', limit, async (t) => {
  const client = client5For(t);
  driveFor(t, client, 'loop');
  const { properties } = await connect5(client, broker());
  const alias = (properties?.['topic-alias-maximum'] ?? 0) + 1;
  const codes = disconnections(client);
  assert.equal(client.publish('a', 'x', 0, false, { 'topic-alias': alias }), 0);
  await until(() => codes.length === 1, 'on_disconnect');
  assert.deepEqual(codes, [MQTT_RC_TOPIC_ALIAS_INVALID]);
});
