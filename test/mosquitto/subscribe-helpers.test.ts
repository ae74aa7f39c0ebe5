// Tests subscribe_simple() and subscribe_callback(): their messages, options and errors.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import {
  type HelperOptions,
  MOSQ_ERR_ACL_DENIED,
  MOSQ_ERR_CONN_REFUSED,
  MOSQ_ERR_EAI,
  MOSQ_ERR_ERRNO,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_TLS,
  Mosquitto,
  MosquittoError,
  subscribe_callback,
  subscribe_simple,
} from 'libmosquitto';
import { DISCONNECT, publish, readConnect, readMid, SUBSCRIBE, suback } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

function at({ host, port }: { host: string; port: number }): HelperOptions {
  return { hostname: host, port };
}

async function publisher(t: test.TestContext): Promise<Mosquitto> {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  return client;
}

/** Publishes a retained message, and awaits the confirmation. */
async function store(client: Mosquitto, topics: string[]): Promise<void> {
  let confirmed = 0;
  client.on_publish = () => {
    confirmed += 1;
  };
  for (const topic of topics) assert.equal(client.publish(topic, `stored ${topic}`, 1, true), 0);
  await until(() => confirmed === topics.length, 'the confirmations');
}

test('subscribe_simple(): one message by default, and the client is gone afterwards', limit, async (t) => {
  await store(await publisher(t), ['simple/one']);
  const messages = await subscribe_simple('simple/one', { ...at(broker()), client_id: 'simple one', qos: 1 });
  assert.deepEqual(
    messages.map(({ topic, payload, qos, retain }) => [topic, String(payload), qos, retain]),
    [['simple/one', 'stored simple/one', 1, true]],
  );
  await until(() => broker().log().includes('Client simple one disconnected.'), 'an orderly end');
});

test('subscribe_simple(): as many messages as asked for, from several filters, no more', limit, async (t) => {
  await store(await publisher(t), ['simple/many/1', 'simple/many/2', 'simple/other/3', 'simple/other/4']);
  const options = { ...at(broker()), msg_count: 3 };
  const messages = await subscribe_simple(['simple/many/+', 'simple/other/#'], options);
  assert.equal(messages.length, 3);
  assert.equal(new Set(messages.map(({ topic }) => topic)).size, 3);
});

test('subscribe_simple(): want_retained false waits for a live message', limit, async (t) => {
  const client = await publisher(t);
  await store(client, ['simple/live']);
  const waiting = subscribe_simple('simple/live', { ...at(broker()), want_retained: false });
  let done = false;
  const finished = waiting.then((messages) => {
    done = true;
    return messages;
  });
  await until(() => {
    client.publish('simple/live', 'live');
    return done;
  }, 'the live message');
  const messages = await finished;
  assert.deepEqual(
    messages.map(({ payload, retain }) => [String(payload), retain]),
    [['live', false]],
  );
});

test('subscribe_callback(): each message with client and userdata, until it returns true', limit, async (t) => {
  await store(await publisher(t), ['callback/1', 'callback/2', 'callback/3']);
  const userdata = { seen: 0 };
  const rc = await subscribe_callback(
    (mosq, own, msg) => {
      assert.ok(mosq instanceof Mosquitto);
      assert.equal(mosq.userdata(), userdata);
      assert.equal(own, userdata);
      assert.match(msg.topic, /^callback\//);
      userdata.seen += 1;
      return userdata.seen === 2;
    },
    'callback/#',
    { ...at(broker()), userdata },
  );
  assert.equal(rc, 0);
  assert.equal(userdata.seen, 2);
});

test('subscribe_callback(): disconnect() in the callback ends the subscription too', limit, async (t) => {
  await store(await publisher(t), ['callback/end']);
  const rc = await subscribe_callback((mosq) => void mosq.disconnect(), 'callback/end', at(broker()));
  assert.equal(rc, 0);
});

test('subscribe_callback(): an error of the callback rejects, and the client is destroyed', limit, async (t) => {
  await store(await publisher(t), ['callback/throws']);
  const options = { ...at(broker()), client_id: 'callback throws' };
  const thrown = subscribe_callback(
    () => {
      throw new Error('from the callback');
    },
    'callback/throws',
    options,
  );
  await assert.rejects(thrown, /^Error: from the callback$/);
  await until(() => broker().log().includes('Client callback throws disconnected.'), 'its end');
});

test('the options reach the broker', limit, async (t) => {
  const connects: ReturnType<typeof readConnect>[] = [];
  const subscribes: Buffer[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    connects.push(readConnect(await peer.accept()));
    const packet = await peer.nextOf(SUBSCRIBE);
    subscribes.push(packet.body.subarray(2));
    peer.send(suback(readMid(packet), [2]), publish('a', 'x'));
    await peer.nextOf(DISCONNECT);
    peer.end();
  });
  await subscribe_simple('a', {
    ...at(fake),
    qos: 2,
    client_id: 'id',
    keepalive: 7,
    clean_session: false,
    username: 'user',
    password: 'secret',
    will: { topic: 'w', payload: 'gone', qos: 1, retain: true },
  });
  await subscribe_simple('a', at(fake));
  const [first, second] = connects;
  assert.deepEqual(first, {
    protocol: 'MQTT',
    level: 4,
    clean: false,
    keepalive: 7,
    client_id: 'id',
    will: { topic: 'w', payload: Buffer.from('gone'), qos: 1, retain: true },
    username: 'user',
    password: Buffer.from('secret'),
  });
  assert.deepEqual([second?.clean, second?.keepalive, second?.client_id], [true, 60, '']);
  assert.deepEqual(subscribes, [Buffer.from([0, 1, 97, 2]), Buffer.from([0, 1, 97, 0])]);
});

test('a connection that is lost is made again, and the messages go on', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    const packet = await peer.nextOf(SUBSCRIBE);
    peer.send(suback(readMid(packet), [0]), publish('a', `connection ${fake.peers.length}`));
    if (fake.peers.length === 1) peer.end();
  });
  const messages = await subscribe_simple('a', { ...at(fake), msg_count: 2 });
  assert.deepEqual(
    messages.map(({ payload }) => String(payload)),
    ['connection 1', 'connection 2'],
  );
});

// ---------------------------------------------------------------- failures: a code for one, a MosquittoError for the other

/** Both helpers end with `rc` for these. */
async function assertFails(
  rc: number,
  topic: string | string[],
  options: HelperOptions,
  errno?: number,
): Promise<void> {
  assert.equal(await subscribe_callback(() => assert.fail('no message'), topic, options), rc);
  await assert.rejects(subscribe_simple(topic, options), (error) => {
    assert.ok(error instanceof MosquittoError);
    assert.equal(error.rc, rc);
    assert.equal(error.errno, errno);
    assert.match(error.message, /^subscribe_simple: ./);
    return true;
  });
}

test('nobody listens: MOSQ_ERR_ERRNO with ECONNREFUSED', limit, async (t) => {
  const options = { hostname: '127.0.0.1', port: await refusedPortFor(t) };
  await assertFails(MOSQ_ERR_ERRNO, 'a', options, constants.errno.ECONNREFUSED);
});

test('an unknown host: MOSQ_ERR_EAI', limit, async () => {
  await assertFails(MOSQ_ERR_EAI, 'a', { hostname: 'nobody.invalid' });
});

test('a broker that refuses the connection: MOSQ_ERR_CONN_REFUSED', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept(5);
  });
  await assertFails(MOSQ_ERR_CONN_REFUSED, 'a', at(fake));
});

test('a broker that refuses every filter: MOSQ_ERR_ACL_DENIED; one granted filter is enough', limit, async (t) => {
  let codes = [128, 128];
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    peer.send(suback(readMid(await peer.nextOf(SUBSCRIBE)), codes), ...(codes.includes(0) ? [publish('b', 'x')] : []));
  });
  await assertFails(MOSQ_ERR_ACL_DENIED, ['a', 'b'], at(fake));
  codes = [128, 0];
  assert.equal((await subscribe_simple(['a', 'b'], at(fake))).length, 1);
});

test('invalid options', limit, async () => {
  const options = at(broker());
  for (const topic of ['', 'a/#/b', []]) await assertFails(MOSQ_ERR_INVAL, topic, options);
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...options, qos: 3 as 2 });
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...options, keepalive: 1 });
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...options, clean_session: false });
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...options, will: { topic: 'a/#' } });
  for (const msg_count of [0, -1, 1.5, Number.NaN]) {
    await assert.rejects(subscribe_simple('a', { ...options, msg_count }), {
      name: 'MosquittoError',
      rc: MOSQ_ERR_INVAL,
    });
  }
  await assert.rejects(subscribe_simple(5 as unknown as string, options), TypeError);
  await assert.rejects(subscribe_simple('a', { ...options, client_id: 5 as unknown as string }), TypeError);
  await assert.rejects(subscribe_callback(null as unknown as () => void, 'a', options), TypeError);
  await assert.rejects(
    subscribe_callback(() => undefined, 'a', { ...options, port: '1883' as unknown as number }),
    TypeError,
  );
});

test('TLS: with a CA file that is not there it is an error, never plain TCP', limit, async (t) => {
  const fake = await fakeBrokerFor(t, () => undefined);
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...at(fake), tls: { cafile: '/nonexistent/ca.crt' } });
  await assertFails(MOSQ_ERR_INVAL, 'a', { ...at(fake), tls: {} });
  assert.equal(fake.peers.length, 0);
  // A peer that does not use TLS.
  const deaf = await fakeBrokerFor(t, (peer) => {
    peer.send(Buffer.from('no TLS here\n'));
  });
  const system = { capath: '/etc/ssl/certs' };
  const rc = await subscribe_callback(() => undefined, 'a', { ...at(deaf), tls: system });
  assert.equal(rc, MOSQ_ERR_TLS);
});
