// Tests that methods return the codes of libmosquitto for invalid values, and that a refused call changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, MOSQ_ERR_PAYLOAD_SIZE } from 'libmosquitto';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const BAD_QOS = [3, -1, 128] as unknown as Array<0 | 1 | 2>;
const BAD_FILTERS = ['', 'a/#/b', 'a#', '#/a', 'a+/b', 'a/+b'];
const BAD_TOPICS = ['', '#', '+', 'a/+/b', 'a/#', 'a#b'];
const TOO_LONG = 'x'.repeat(65536);

for (const connected of [false, true]) {
  const state = connected ? 'connected' : 'not connected';

  test(`publish() returns the code of C for an invalid value (${state})`, limit, async (t) => {
    const client = clientFor(t);
    if (connected) {
      driveFor(t, client, 'loop');
      await connectTo(client, broker());
    }
    for (const qos of BAD_QOS) assert.equal(client.publish('t', 'x', qos), MOSQ_ERR_INVAL, `qos ${qos}`);
    for (const topic of [...BAD_TOPICS, TOO_LONG])
      assert.equal(client.publish(topic, 'x'), MOSQ_ERR_INVAL, topic.slice(0, 20));
    // This is MQTT's longest packet; libmosquitto checks the size before it copies.
    assert.equal(client.publish('t', new Uint8Array(268435456), 1), MOSQ_ERR_PAYLOAD_SIZE);
  });

  test(`subscribe() and unsubscribe() return the code of C for an invalid value (${state})`, limit, async (t) => {
    const client = clientFor(t);
    if (connected) {
      driveFor(t, client, 'loop');
      await connectTo(client, broker());
    }
    for (const qos of BAD_QOS) assert.equal(client.subscribe('t', qos), MOSQ_ERR_INVAL, `qos ${qos}`);
    for (const filter of [...BAD_FILTERS, TOO_LONG]) {
      // The library decides which of two failures it reports, and its versions differ.
      const codes = connected ? [MOSQ_ERR_INVAL] : [MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN];
      assert.ok(codes.includes(client.subscribe(filter, 0)), `subscribe ${filter.slice(0, 20)}`);
      assert.ok(codes.includes(client.unsubscribe(filter)), `unsubscribe ${filter.slice(0, 20)}`);
    }
  });
}

test('connect() and connect_async() return the code of C for an invalid value', limit, (t) => {
  const client = clientFor(t);
  for (const port of [70000, 65536, -1]) {
    assert.equal(client.connect('127.0.0.1', port), MOSQ_ERR_INVAL, `port ${port}`);
    assert.equal(client.connect_async('127.0.0.1', port), MOSQ_ERR_INVAL, `port ${port}`);
  }
  for (const keepalive of [1, 4, -1, 65536]) {
    assert.equal(client.connect('127.0.0.1', broker().port, keepalive), MOSQ_ERR_INVAL, `keepalive ${keepalive}`);
    assert.equal(client.connect_async('127.0.0.1', broker().port, keepalive), MOSQ_ERR_INVAL, `keepalive ${keepalive}`);
  }
  assert.equal(client.socket(), -1);
});

test('a connect() refused for its values does not disturb the connection that is open', limit, async (t) => {
  const client = clientFor(t);
  driveFor(t, client, 'loop');
  await connectTo(client, broker());
  assert.equal(client.connect('127.0.0.1', 70000), MOSQ_ERR_INVAL);
  assert.notEqual(client.socket(), -1);
  assert.equal(client.publish('t', 'x'), 0);
});

test('a connect() refused for its values does not disturb a connect_async() under way', limit, async (t) => {
  const client = clientFor(t);
  let connected = false;
  client.on_connect = () => {
    connected = true;
  };
  assert.equal(client.connect_async(broker().host, broker().port), 0);
  assert.equal(client.connect('127.0.0.1', 70000), MOSQ_ERR_INVAL);
  driveFor(t, client, 'loop');
  await until(() => connected, 'on_connect');
});

for (const thread of [false, true]) {
  const mode = thread ? 'thread' : 'event loop';
  test(
    `a connect() refused for its values does not take away the on_disconnect(0) that is due (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      assert.equal(client.loop_start({ thread }), 0);
      await connectTo(client, broker());
      const codes = disconnections(client);
      assert.equal(client.disconnect(), 0);
      assert.equal(client.loop_stop(), 0);
      assert.equal(client.connect('127.0.0.1', 70000), MOSQ_ERR_INVAL);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.deepEqual(codes, [0]);
      assert.equal(client.socket(), -1);
    },
  );
}

test('keepalive 0 and 5, the shortest values, are accepted', limit, async (t) => {
  for (const keepalive of [0, 5]) {
    const client = clientFor(t);
    driveFor(t, client, 'loop');
    await connectTo(client, broker(), keepalive);
  }
});

test('methods that need a connection return MOSQ_ERR_NO_CONN without one', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.last_mid, 0);
  assert.equal(client.last_errno, 0);
  assert.equal(client.publish('t', 'x'), MOSQ_ERR_NO_CONN);
  assert.equal(client.subscribe('t', 0), MOSQ_ERR_NO_CONN);
  assert.equal(client.unsubscribe('t'), MOSQ_ERR_NO_CONN);
  assert.equal(client.disconnect(), MOSQ_ERR_NO_CONN);
  assert.equal(client.loop(0), MOSQ_ERR_NO_CONN);
  assert.equal(client.loop_read(), MOSQ_ERR_NO_CONN);
  assert.equal(client.loop_write(), MOSQ_ERR_NO_CONN);
  assert.equal(client.loop_misc(), MOSQ_ERR_NO_CONN);
  assert.equal(client.want_write(), false);
  assert.equal(client.socket(), -1);
});

test('reconnect() and reconnect_async() without a connect() before return MOSQ_ERR_INVAL', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.reconnect(), MOSQ_ERR_INVAL);
  assert.equal(client.reconnect_async(), MOSQ_ERR_INVAL);
});

test('will_set() returns the code of C for an invalid value, and sets no will', limit, (t) => {
  const client = clientFor(t);
  for (const qos of BAD_QOS) assert.equal(client.will_set('t', 'x', qos), MOSQ_ERR_INVAL, `qos ${qos}`);
  for (const topic of BAD_TOPICS) assert.equal(client.will_set(topic, 'x'), MOSQ_ERR_INVAL, `topic '${topic}'`);
  assert.equal(client.will_clear(), 0);
});

test('the options return the code of C for an invalid value', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.username_pw_set(null, 'secret'), MOSQ_ERR_INVAL, 'MQTT 3 has no password without a user name');
  assert.equal(client.max_inflight_messages_set(-1), MOSQ_ERR_INVAL);
  assert.equal(client.max_inflight_messages_set(65536), MOSQ_ERR_INVAL);
  assert.equal(client.max_inflight_messages_set(0), 0);
  assert.equal(client.max_inflight_messages_set(65535), 0);
  assert.equal(client.reconnect_delay_set(-1), MOSQ_ERR_INVAL);
  assert.equal(client.reconnect_delay_set(1, -1), MOSQ_ERR_INVAL);
});
