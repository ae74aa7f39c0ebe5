import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_OVERSIZE_PACKET,
  MOSQ_ERR_QOS_NOT_SUPPORTED,
  MOSQ_OPT_RECEIVE_MAXIMUM,
  MOSQ_OPT_SEND_MAXIMUM,
  type Mosquitto,
  type Properties,
} from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { PINGREQ, PUBACK, PUBLISH } from '../support/packets';
import { accept5, ack5, publish5, readPublish5 } from '../support/packets5';
import { brokerFor, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { session } from './session';

// Tests that a client respects the limits that its broker announces. A broker disconnects a client that exceeds them.

const limit = { timeout: scaled(30000) };

/** Messages that were received and not returned yet, up to a marker of QoS 0. */
async function upToMarker(client: Mosquitto, peer: Peer): Promise<string[]> {
  assert.equal(client.publish('marker', 'marker'), 0);
  const payloads: string[] = [];
  for (;;) {
    const { topic, payload } = readPublish5(await peer.nextOf(PUBLISH));
    if (topic === 'marker') return payloads;
    payloads.push(String(payload));
  }
}

for (const mode of MODES) {
  test(`receive maximum: no more unacknowledged messages than the broker takes (${mode})`, limit, async (t) => {
    const { client, peer } = await session(t, mode, { 'receive-maximum': 3 });
    const mids: number[] = [];
    for (let index = 0; index < 8; index++) {
      assert.equal(client.publish('a', String(index), 1), 0);
      mids.push(client.last_mid);
    }
    assert.deepEqual(await upToMarker(client, peer), ['0', '1', '2']);
    peer.send(ack5(PUBACK, mids[0] ?? 0));
    assert.equal(String(readPublish5(await peer.nextOf(PUBLISH)).payload), '3');
    assert.deepEqual(await upToMarker(client, peer), []);
    peer.send(...mids.slice(1, 4).map((mid) => ack5(PUBACK, mid)));
    for (const payload of ['4', '5', '6']) {
      assert.equal(String(readPublish5(await peer.nextOf(PUBLISH)).payload), payload);
    }
    assert.deepEqual(await upToMarker(client, peer), []);
  });
}

test('without a receive maximum it is 20, which MOSQ_OPT_SEND_MAXIMUM changes', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer);
  });
  for (const [maximum, expected] of [
    [null, 20],
    [5, 5],
  ] as const) {
    const client = client5For(t);
    if (maximum !== null) assert.equal(client.int_option(MOSQ_OPT_SEND_MAXIMUM, maximum), 0);
    driveFor(t, client, 'event loop');
    await connect5(client, fake);
    const peer = fake.peers.at(-1);
    assert.ok(peer);
    for (let index = 0; index < 30; index++) assert.equal(client.publish('a', String(index), 1), 0);
    assert.equal((await upToMarker(client, peer)).length, expected);
  }
});

test('MOSQ_OPT_RECEIVE_MAXIMUM is announced in CONNECT, and one in the properties is preferred', limit, async (t) => {
  const seen: Properties[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    seen.push((await accept5(peer)).properties);
  });
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  for (const value of [1, 65535, 0]) {
    assert.equal(client.int_option(MOSQ_OPT_RECEIVE_MAXIMUM, value), 0);
    await connect5(client, fake);
  }
  await connect5(client, fake, { 'receive-maximum': 7 });
  assert.deepEqual(
    seen.map((properties) => properties['receive-maximum']),
    [1, 65535, 65535, 7],
  );
  for (const wrong of [-1, 65536]) {
    assert.equal(client.int_option(MOSQ_OPT_RECEIVE_MAXIMUM, wrong), MOSQ_ERR_INVAL);
    assert.equal(client.int_option(MOSQ_OPT_SEND_MAXIMUM, wrong), MOSQ_ERR_INVAL);
  }
});

test('our own receive maximum of 1 at a real broker: all messages come', limit, async (t) => {
  const broker = await brokerFor(t);
  for (const qos of [1, 2] as const) {
    const client = client5For(t);
    driveFor(t, client, 'thread');
    await connect5(client, broker, { 'receive-maximum': 1 });
    await subscribeTo(client, `own/${qos}`, qos);
    const messages = collect(client);
    for (let index = 0; index < 50; index++) assert.equal(client.publish(`own/${qos}`, String(index), qos), 0);
    await until(() => messages.length === 50, 'all messages');
    assert.deepEqual(
      messages.map(({ payload }) => Number(payload)),
      Array.from({ length: 50 }, (_, index) => index),
    );
  }
});

test('maximum packet size: a larger packet is MOSQ_ERR_OVERSIZE_PACKET, and nothing is sent', limit, async (t) => {
  const MAXIMUM = 100;
  // The library itself counts a byte or two too few, which the static build repairs.
  const over = build_info().linkage === 'static' ? 1 : 5;
  const { client, peer } = await session(t, 'event loop', { 'maximum-packet-size': MAXIMUM });
  // 2 of fixed header, 2 + 1 topic, 1 for the properties' length; 2 more for a message id.
  for (const [qos, most] of [
    [0, MAXIMUM - 6],
    [1, MAXIMUM - 8],
    [2, MAXIMUM - 8],
  ] as const) {
    assert.equal(client.publish('a', 'x'.repeat(most + over), qos), MOSQ_ERR_OVERSIZE_PACKET, `QoS ${qos}`);
    assert.equal(client.publish('a', 'x'.repeat(most), qos), 0, `QoS ${qos}`);
    assert.equal(readPublish5(await peer.nextOf(PUBLISH)).payload.length, most);
  }
  const properties: Properties = { 'content-type': 'x'.repeat(MAXIMUM) };
  assert.equal(client.publish('a', '', 0, false, properties), MOSQ_ERR_OVERSIZE_PACKET);
  assert.equal(client.subscribe('x'.repeat(MAXIMUM)), MOSQ_ERR_OVERSIZE_PACKET);
  assert.equal(client.unsubscribe('x'.repeat(MAXIMUM)), MOSQ_ERR_OVERSIZE_PACKET);
  assert.deepEqual(await upToMarker(client, peer), []);
  assert.equal(peer.received.length, 5);
});

test('a real broker that takes 1000 bytes at most', limit, async (t) => {
  const broker = await brokerFor(t, { config: ['max_packet_size 1000'] });
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  const { properties } = await connect5(client, broker);
  assert.equal(properties?.['maximum-packet-size'], 1000);
  await subscribeTo(client, 'size', 1);
  const messages = collect(client);
  assert.equal(client.publish('size', 'x'.repeat(1000), 1), MOSQ_ERR_OVERSIZE_PACKET);
  assert.equal(client.publish('size', 'x'.repeat(900), 1), 0);
  await until(() => messages.length === 1, 'the smaller message');
  assert.equal(messages[0]?.payloadlen, 900);
});

test('maximum QoS: a higher QoS is MOSQ_ERR_QOS_NOT_SUPPORTED', limit, async (t) => {
  for (const maximum of [0, 1]) {
    const { client, peer } = await session(t, 'event loop', { 'maximum-qos': maximum });
    for (const qos of [0, 1, 2] as const) {
      assert.equal(client.publish('a', 'x', qos), qos > maximum ? MOSQ_ERR_QOS_NOT_SUPPORTED : 0);
    }
    assert.equal((await upToMarker(client, peer)).length, maximum + 1);
  }
});

test('a real broker without QoS 2', limit, async (t) => {
  const broker = await brokerFor(t, { config: ['max_qos 1'] });
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  const { properties } = await connect5(client, broker);
  assert.equal(properties?.['maximum-qos'], 1);
  assert.equal(client.publish('a', 'x', 2), MOSQ_ERR_QOS_NOT_SUPPORTED);
  assert.equal(client.publish('a', 'x', 1), 0);
});

test('retain available 0: nothing is sent with the retain flag', limit, async (t) => {
  for (const [available, retain] of [
    [0, false],
    [1, true],
  ] as const) {
    const { client, peer } = await session(t, 'event loop', { 'retain-available': available });
    for (const qos of [0, 1, 2] as const) {
      assert.equal(client.publish('a', 'x', qos, true), 0);
      assert.equal(readPublish5(await peer.nextOf(PUBLISH)).retain, retain, `QoS ${qos}`);
    }
  }
});

test("server keep alive replaces the client's own: its pings come in time", limit, async (t) => {
  // The client's keepalive is a minute; a broker that announces two seconds would close the connection after three.
  const { peer } = await session(t, 'thread', { 'server-keep-alive': 2 });
  const began = performance.now();
  await peer.nextOf(PINGREQ, 10000);
  assert.ok(performance.now() - began < scaled(3000), `a ping after ${performance.now() - began} ms`);
});

test('an assigned client identifier: on_connect gets it, and the next connection uses it', limit, async (t) => {
  const broker = await brokerFor(t);
  const client = client5For(t);
  driveFor(t, client, 'event loop');
  const assigned = (await connect5(client, broker)).properties?.['assigned-client-identifier'];
  assert.ok(assigned !== undefined && assigned.length > 5);

  const ids: string[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    ids.push((await accept5(peer, ids.length === 0 ? { 'assigned-client-identifier': 'given' } : {})).client_id);
  });
  const other = client5For(t);
  driveFor(t, other, 'event loop');
  await connect5(other, fake);
  assert.equal(other.reconnect(), 0);
  await until(() => ids.length === 2, 'the second connection');
  assert.deepEqual(ids, ['', 'given']);
});

test('more unacknowledged messages than our receive maximum end the connection', limit, async (t) => {
  const codes: number[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    const connect = await accept5(peer);
    assert.equal(connect.properties['receive-maximum'], 2);
    // QoS 2 without PUBREL: the third message is one too many.
    peer.send(...[1, 2, 3].map((mid) => publish5('a', 'x', { qos: 2, mid })));
  });
  const client = client5For(t);
  client.on_disconnect = (_mosq, _obj, rc) => {
    codes.push(rc);
  };
  driveFor(t, client, 'loop');
  assert.equal(client.connect(fake.host, fake.port, 60, null, { 'receive-maximum': 2 }), 0);
  await until(() => codes.length === 1, 'on_disconnect');
  assert.notEqual(codes[0], 0);
});
