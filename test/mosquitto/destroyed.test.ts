// Tests calls after destroy(), and destroy() inside callbacks. A fault would use freed memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, Mosquitto, MosquittoError } from 'libmosquitto';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import {
  ack,
  PUBACK,
  PUBLISH,
  publish,
  readMid,
  readPublish,
  SUBSCRIBE,
  suback,
  UNSUBACK,
  UNSUBSCRIBE,
} from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

const CALLS: Record<string, (client: Mosquitto) => unknown> = {
  connect: (client) => client.connect('127.0.0.1', broker().port),
  connect_async: (client) => client.connect_async('127.0.0.1', broker().port),
  reconnect: (client) => client.reconnect(),
  reconnect_async: (client) => client.reconnect_async(),
  disconnect: (client) => client.disconnect(),
  publish: (client) => client.publish('t'),
  subscribe: (client) => client.subscribe('t', 0),
  unsubscribe: (client) => client.unsubscribe('t'),
  connect_srv: (client) => client.connect_srv('example.invalid'),
  ext_auth_continue: (client) => client.ext_auth_continue('method'),
  message_callback_add: (client) => client.message_callback_add('t', () => undefined),
  message_callback_remove: (client) => client.message_callback_remove('t'),
  loop: (client) => client.loop(0),
  loop_start: (client) => client.loop_start(),
  loop_stop: (client) => client.loop_stop(),
  loop_forever: (client) => client.loop_forever(),
  loop_read: (client) => client.loop_read(),
  loop_write: (client) => client.loop_write(),
  loop_misc: (client) => client.loop_misc(),
  want_write: (client) => client.want_write(),
  socket: (client) => client.socket(),
  threaded_set: (client) => client.threaded_set(true),
  username_pw_set: (client) => client.username_pw_set('u', 'p'),
  will_set: (client) => client.will_set('t'),
  will_clear: (client) => client.will_clear(),
  tls_set: (client) => client.tls_set('/ca.pem'),
  tls_insecure_set: (client) => client.tls_insecure_set(true),
  tls_opts_set: (client) => client.tls_opts_set(1),
  tls_psk_set: (client) => client.tls_psk_set('00', 'name'),
  tls_crl_set: (client) => client.tls_crl_set(null),
  socks5_set: (client) => client.socks5_set('localhost'),
  int_option: (client) => client.int_option(1, 5),
  string_option: (client) => client.string_option(9, null),
  max_packet_size_set: (client) => client.max_packet_size_set(1000),
  connect_timeout_set: (client) => client.connect_timeout_set(30),
  reconnect_delay_set: (client) => client.reconnect_delay_set(1),
  max_inflight_messages_set: (client) => client.max_inflight_messages_set(1),
  max_queued_messages_set: (client) => client.max_queued_messages_set(1),
  stats: (client) => client.stats(),
  message_retry_set: (client) => client.message_retry_set(1),
  reinitialise: (client) => client.reinitialise('id'),
  user_data_set: (client) => client.user_data_set(1),
  userdata: (client) => client.userdata(),
  flush: (client) => client.flush(),
  ref: (client) => client.ref(),
  unref: (client) => client.unref(),
  last_mid: (client) => client.last_mid,
  last_errno: (client) => client.last_errno,
  last_error: (client) => client.last_error,
  connected: (client) => client.connected,
};

test('every call after destroy() throws a MosquittoError that names it and says why', limit, () => {
  const client = new Mosquitto('gone');
  client.destroy();
  for (const [name, call] of Object.entries(CALLS)) {
    assert.throws(
      () => call(client),
      (error) =>
        error instanceof MosquittoError &&
        error.rc === MOSQ_ERR_INVAL &&
        error.message.includes(name) &&
        /destroyed/.test(error.message),
      name,
    );
  }
});

test('the list above is every member of the class: none is left untested', limit, () => {
  const members = new Set<string>();
  for (let at: object = Mosquitto.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) members.add(name);
  }
  const tested = [...members].filter((name) => name !== 'constructor' && name !== 'destroy' && !name.startsWith('on_'));
  assert.deepEqual(tested.sort(), Object.keys(CALLS).sort());
});

test('a callback cannot be assigned after destroy()', limit, () => {
  const client = new Mosquitto('gone');
  client.destroy();
  assert.throws(() => {
    client.on_message = () => undefined;
  }, MosquittoError);
});

// Calls destroy() from inside each callback. A client that is freed under its own callback would crash.

/**
 * The peer answers everything, so that each of the seven callbacks has its event, and ends the connection on request.
 */
async function answer(peer: Peer): Promise<void> {
  await peer.accept();
  for await (const packet of peer.packets()) {
    if (packet.type === SUBSCRIBE) peer.send(suback(readMid(packet), [0]), publish('a', 'one'), publish('a', 'two'));
    if (packet.type === UNSUBSCRIBE) peer.send(ack(UNSUBACK, readMid(packet)));
    if (packet.type === PUBLISH) {
      const { topic, mid } = readPublish(packet);
      if (topic === 'drop') peer.destroy();
      else peer.send(ack(PUBACK, mid));
    }
  }
}

type Notification = Exclude<keyof Mosquitto & `on_${string}`, 'on_ext_auth'>;

const INSIDE: Array<[name: Notification, provoke: (client: Mosquitto) => void]> = [
  ['on_connect', () => undefined],
  ['on_subscribe', (client) => client.subscribe('a', 0)],
  ['on_message', (client) => client.subscribe('a', 0)],
  ['on_unsubscribe', (client) => client.unsubscribe('a')],
  ['on_publish', (client) => client.publish('a', 'x', 1)],
  ['on_log', (client) => client.publish('a', 'x', 1)],
  ['on_disconnect', (client) => client.publish('drop', 'x', 0)],
];

for (const mode of MODES) {
  for (const [name, provoke] of INSIDE) {
    test(
      `destroy() inside ${name}: nothing is called after it, and the connection is closed (${mode})`,
      limit,
      async (t) => {
        const fake = await fakeBrokerFor(t, answer);
        const client = clientFor(t, name);
        driveFor(t, client, mode);
        if (name === 'on_connect') assert.equal(client.connect(fake.host, fake.port), 0);
        else await connectTo(client, fake);
        let calls = 0;
        const count = (): void => {
          calls += 1;
        };
        let destroyed = false;
        for (const [other] of INSIDE) client[other] = () => (destroyed ? count() : undefined);
        client[name] = () => {
          client.destroy();
          assert.throws(() => client.publish('t'), MosquittoError);
          destroyed = true;
        };
        provoke(client);
        await until(() => destroyed, name);
        assert.ok(fake.peers[0]);
        await fake.peers[0].closed;
        for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(calls, 0);
      },
    );
  }
}

// Each call makes the attempt that connect_async() requested: on_pre_connect runs within it.
test('destroy() inside on_pre_connect: the call that made the attempt returns', limit, () => {
  const calls: Array<[string, (client: Mosquitto) => unknown, unknown]> = [
    ['loop', (client) => client.loop(0), MOSQ_ERR_INVAL],
    ['loop_read', (client) => client.loop_read(), MOSQ_ERR_INVAL],
    ['loop_write', (client) => client.loop_write(), MOSQ_ERR_INVAL],
    ['loop_misc', (client) => client.loop_misc(), MOSQ_ERR_INVAL],
    ['want_write', (client) => client.want_write(), false],
    ['socket', (client) => client.socket(), -1],
  ];
  for (const [name, call, expected] of calls) {
    const client = new Mosquitto();
    client.on_pre_connect = () => client.destroy();
    assert.equal(client.connect_async('127.0.0.1', 1), 0);
    assert.equal(call(client), expected, name);
  }
});

test('destroy() inside a callback: the loop() that called it returns, and the next one throws', limit, async (t) => {
  const client = clientFor(t, 'inside');
  let destroyed = false;
  client.on_connect = () => {
    client.destroy();
    destroyed = true;
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  await until(() => {
    assert.equal(typeof client.loop(10), 'number');
    return destroyed;
  }, 'on_connect');
  assert.throws(() => client.loop(0), MosquittoError);
});
