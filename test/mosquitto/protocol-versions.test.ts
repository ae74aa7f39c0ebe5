import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MOSQ_ERR_INVAL,
  MOSQ_OPT_PROTOCOL_VERSION,
  type Mosquitto,
  MQTT_PROTOCOL_V5,
  MQTT_PROTOCOL_V31,
  MQTT_PROTOCOL_V311,
} from 'libmosquitto';
import { MODES } from '../support/drive';
import { connack, type Packet, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import { connack5 } from '../support/packets5';
import { int16 } from '../support/properties5';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo, unsubscribeFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests the version of MQTT by the bytes of CONNECT, and that a real broker accepts each version.

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

const VERSIONS = [
  ['3.1', MQTT_PROTOCOL_V31],
  ['3.1.1', MQTT_PROTOCOL_V311],
  ['5', MQTT_PROTOCOL_V5],
] as const;

/** The body of the CONNECT packet of a client after `prepare`. */
async function connectOf(
  t: test.TestContext,
  client_id: string | null,
  clean: boolean,
  prepare: (client: Mosquitto) => void,
  keepalive = 60,
): Promise<Buffer> {
  const packets: Packet[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    const packet = await peer.next();
    packets.push(packet);
    peer.send(packet.body[packet.body.readUInt16BE() + 2] === 5 ? connack5() : connack(0));
  });
  const client = clientFor(t, client_id, clean);
  prepare(client);
  driveFor(t, client, 'event loop');
  await connectTo(client, fake, keepalive);
  assert.ok(packets[0]);
  assert.deepEqual([packets[0].type, packets[0].flags], [1, 0]);
  return packets[0].body;
}

function version(value: number): (client: Mosquitto) => void {
  return (client) => {
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, value), 0);
  };
}

// Length and name of the protocol, its level, flags, keepalive; properties in MQTT 5; length and text of the client id.
const HEADS: Readonly<Record<string, readonly number[]>> = {
  '3.1': [0, 6, ...Buffer.from('MQIsdp'), 3],
  '3.1.1': [0, 4, ...Buffer.from('MQTT'), 4],
  '5': [0, 4, ...Buffer.from('MQTT'), 5],
};
const LOGGED: Readonly<Record<string, number>> = { '3.1': 1, '3.1.1': 2, '5': 5 };
// libmosquitto by itself announces a receive maximum of 20.
const OWN_PROPERTIES = [3, 33, 0, 20];

for (const [name, value] of VERSIONS) {
  const head = HEADS[name] ?? [];
  const properties = value === MQTT_PROTOCOL_V5 ? OWN_PROPERTIES : [];

  test(`MQTT ${name}: the bytes of CONNECT, plain`, limit, async (t) => {
    const body = await connectOf(t, 'id', true, version(value));
    assert.deepEqual(body, Buffer.from([...head, 2, 0, 60, ...properties, 0, 2, ...Buffer.from('id')]));
  });

  test(`MQTT ${name}: the bytes of CONNECT, with everything`, limit, async (t) => {
    const prepare = (client: Mosquitto): void => {
      version(value)(client);
      assert.equal(client.will_set('w', Buffer.from([0, 255]), 2, true), 0);
      assert.equal(client.username_pw_set('user', 'pass'), 0);
    };
    const body = await connectOf(t, 'id', false, prepare, 65535);
    const will = [...(value === MQTT_PROTOCOL_V5 ? [0] : []), 0, 1, ...Buffer.from('w'), 0, 2, 0, 255];
    const login = [0, 4, ...Buffer.from('user'), 0, 4, ...Buffer.from('pass')];
    const flags = 128 | 64 | 32 | (2 << 3) | 4;
    const expected = [...head, flags, 255, 255, ...properties, 0, 2, ...Buffer.from('id'), ...will, ...login];
    assert.deepEqual(body, Buffer.from(expected));
  });

  for (const mode of MODES) {
    test(`MQTT ${name} with a real broker: subscribe, publish, receive, unsubscribe (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      version(value)(client);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      const topic = `versions/${name}/${mode}`;
      for (const qos of [0, 1, 2] as const) {
        assert.deepEqual(await subscribeTo(client, topic, qos), [qos]);
        const messages = collect(client);
        assert.equal(client.publish(topic, 'größe', qos), 0);
        await until(() => messages.length === 1, 'the message');
        assert.deepEqual(
          messages.map((msg) => [msg.topic, String(msg.payload), msg.qos, msg.properties]),
          [[topic, 'größe', qos, null]],
        );
      }
      await unsubscribeFrom(client, topic);
      // The broker numbers the versions from 1 on, with gaps.
      assert.match(broker().log(), new RegExp(`\\(p${LOGGED[name]}, `));
    });
  }
}

test('without an option it is MQTT 3.1.1', limit, async (t) => {
  const body = await connectOf(t, 'id', true, () => undefined);
  assert.deepEqual(body, Buffer.from([...(HEADS['3.1.1'] ?? []), 2, 0, 60, 0, 2, ...Buffer.from('id')]));
});

test('without a client id MQTT 3.1 has a generated one of 23 characters, the others an empty one', limit, async (t) => {
  const generated = await connectOf(t, null, true, version(MQTT_PROTOCOL_V31));
  const id = generated.subarray(14).toString();
  assert.equal(generated.readUInt16BE(12), id.length);
  assert.match(id, /^mosq-[A-Za-z0-9]{18}$/);
  const empty = await connectOf(t, null, true, version(MQTT_PROTOCOL_V311));
  assert.deepEqual(empty.subarray(10), Buffer.from([0, 0]));
});

test('the newest option counts for the next connection; reinitialise() goes back to 3.1.1', limit, async (t) => {
  const levels: number[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    const { body } = await peer.next();
    const level = body[body.readUInt16BE() + 2] ?? 0;
    levels.push(level);
    peer.send(level === 5 ? connack5() : connack(0));
  });
  const client = clientFor(t);
  version(MQTT_PROTOCOL_V31)(client);
  version(MQTT_PROTOCOL_V5)(client);
  const first = driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  await first.stop();
  client.disconnect();
  version(MQTT_PROTOCOL_V311)(client);
  const second = driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  await second.stop();
  version(MQTT_PROTOCOL_V5)(client);
  assert.equal(client.reinitialise(), 0);
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  assert.deepEqual(levels, [5, 4, 4]);
});

test('other values and other options are MOSQ_ERR_INVAL; types are checked', limit, (t) => {
  const client = clientFor(t);
  for (const wrong of [-1, 0, 1, 2, 6, 131]) {
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, wrong), MOSQ_ERR_INVAL, String(wrong));
  }
  for (const wrong of [-1, 0, 9999]) assert.equal(client.int_option(wrong, 4), MOSQ_ERR_INVAL, String(wrong));
  assert.throws(
    () => client.int_option('1' as unknown as number, 4),
    /^TypeError: argument 1 \(option\) must be an integer, got '1'$/,
  );
  assert.throws(() => client.int_option(1, 4.5), /^TypeError: argument 2 \(value\) must be .*integer, got 4.5$/);
});

test('SUBSCRIBE and UNSUBSCRIBE have no properties before MQTT 5', limit, async (t) => {
  for (const [name, value] of VERSIONS) {
    const fake = await fakeBrokerFor(t, async (peer) => {
      const { body } = await peer.next();
      peer.send(body[body.readUInt16BE() + 2] === 5 ? connack5() : connack(0));
    });
    const client = clientFor(t);
    version(value)(client);
    driveFor(t, client, 'event loop');
    await connectTo(client, fake);
    const peer = fake.peers[0];
    assert.ok(peer);
    const none = value === MQTT_PROTOCOL_V5 ? [0] : [];
    assert.equal(client.subscribe('a', 1), 0);
    const subscribed = await peer.nextOf(SUBSCRIBE);
    assert.deepEqual(subscribed.body, Buffer.from([...int16(client.last_mid), ...none, 0, 1, 97, 1]), name);
    assert.equal(client.unsubscribe('a'), 0);
    const unsubscribed = await peer.nextOf(UNSUBSCRIBE);
    assert.deepEqual(unsubscribed.body, Buffer.from([...int16(client.last_mid), ...none, 0, 1, 97]), name);
    assert.deepEqual([subscribed.flags, unsubscribed.flags], [2, 2]);
  }
});
