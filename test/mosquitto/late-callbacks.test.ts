// Tests callbacks that are assigned after their event happened, in the same turn of the event loop. Neither the network
// thread nor publish() may drop the event because it has no callback yet.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MOSQ_ERR_AUTH, MOSQ_LOG_WARNING, Mosquitto } from 'libmosquitto';
import { acceptedFor } from '../support/accepted';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import { ack, PUBACK, PUBLISH, publish, readMid, SUBSCRIBE, suback, UNSUBACK, UNSUBSCRIBE } from '../support/packets';
import { accept5, ack5, auth5 } from '../support/packets5';
import { brokerFor, clientFor, defer, driveFor, fakeBrokerFor, refusedPortFor } from '../support/scope';
import { connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(30000) };
const LOG_ALL = { config: ['log_type all'] };

/** Keeps JavaScript busy, so that the turn does not end, until `condition` is true; then a little longer. */
function busy(condition: () => boolean, what: string): void {
  const deadline = Date.now() + scaled(20000);
  while (!condition()) if (Date.now() > deadline) throw new Error(`waited for ${what} in one turn`);
  busyFor(20);
}

function busyFor(ms: number): void {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

/** The number of lines of the broker's log that match. */
function count(text: string, pattern: RegExp): number {
  return (text.match(new RegExp(pattern, 'gm')) ?? []).length;
}

for (const mode of MODES) {
  describe(`assigned later in the turn (${mode})`, () => {
    test('on_connect, when CONNACK has come already', limit, async (t) => {
      const broker = await brokerFor(t, LOG_ALL);
      const client = clientFor(t);
      assert.equal(client.connect(broker.host, broker.port), 0);
      const calls: number[] = [];
      if (mode !== 'loop') driveFor(t, client, mode);
      if (mode === 'thread') busy(() => count(broker.log(), /Sending CONNACK/) === 1, 'CONNACK');
      client.on_connect = (_mosq, _obj, rc) => calls.push(rc);
      if (mode === 'loop') driveFor(t, client, mode); // loop() delivers before it returns
      await until(() => calls.length > 0, 'on_connect');
      assert.deepEqual(calls, [0]);
    });

    test('on_connect, after connect_async()', limit, async (t) => {
      const broker = await brokerFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async(broker.host, broker.port), 0);
      const calls: number[] = [];
      if (mode !== 'loop') driveFor(t, client, mode);
      busyFor(20);
      client.on_connect = (_mosq, _obj, rc) => calls.push(rc);
      if (mode === 'loop') driveFor(t, client, mode);
      await until(() => calls.length > 0, 'on_connect');
      assert.deepEqual(calls, [0]);
    });

    test('on_pre_connect, before the attempt', limit, async (t) => {
      const names: unknown[] = [];
      const broker = await brokerFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async(broker.host, broker.port), 0);
      if (mode !== 'loop') driveFor(t, client, mode);
      busyFor(20);
      client.on_connect = () => names.push('connected');
      client.on_pre_connect = (mosq) => {
        assert.equal(mosq.socket(), -1);
        names.push('asked');
      };
      if (mode === 'loop') driveFor(t, client, mode);
      await until(() => names.length > 1, 'on_connect');
      assert.deepEqual(names, ['asked', 'connected']);
    });

    for (const qos of [0, 1, 2] as const) {
      test(`on_publish of 3000 messages of QoS ${qos}, in their order`, limit, async (t) => {
        const broker = await brokerFor(t, LOG_ALL);
        const client = clientFor(t);
        driveFor(t, client, mode);
        await connectTo(client, broker);
        const mids: number[] = [];
        const published: number[] = [];
        for (let i = 0; i < 3000; i++) {
          assert.equal(client.publish('late/publish', 'x', qos), 0);
          mids.push(client.last_mid);
        }
        if (mode === 'thread') {
          const last = [/Received PUBLISH/, /Sending PUBACK/, /Sending PUBCOMP/][qos] as RegExp;
          busy(() => count(broker.log(), last) > 0, `${last}`);
        }
        client.on_publish = (_mosq, _obj, mid, reason_code, properties) => {
          assert.deepEqual([reason_code, properties], [0, null]);
          published.push(mid);
        };
        await until(
          () => published.length >= mids.length,
          () => `on_publish, ${published.length} times`,
        );
        assert.deepEqual(published, mids);
      });
    }

    test('on_publish of MQTT 5, with its reason codes', limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer);
      });
      const client = client5For(t);
      driveFor(t, client, mode);
      await connect5(client, fake);
      const [peer] = fake.peers;
      assert.ok(peer);
      // 0x10: no matching subscribers.
      const answers = [0, 0x10, 0x10, 0, 0, 0x80].map((code) => {
        assert.equal(client.publish('late/publish', 'x', 1), 0);
        return [client.last_mid, code] as const;
      });
      for (const _ of answers) await peer.nextOf(PUBLISH);
      peer.send(...answers.map(([mid, code]) => ack5(PUBACK, mid, code)));
      if (mode === 'thread') busyFor(20);
      const published: unknown[] = [];
      client.on_publish = (_mosq, _obj, mid, reason_code) => published.push([mid, reason_code]);
      await until(() => published.length >= answers.length, 'on_publish');
      assert.deepEqual(published, answers);
    });

    test('on_subscribe, on_message, message_callback_add() and on_unsubscribe', limit, async (t) => {
      const { client, peer } = await acceptedFor(t, mode);
      const heard: unknown[] = [];
      client.subscribe('late/#', 1);
      const { body } = await peer.nextOf(SUBSCRIBE);
      const mid = body.readUInt16BE(0);
      // This is written to the socket inside send(), so the next statements are in the same turn.
      peer.send(suback(mid, [1]), publish('late/1', 'a'), publish('late/2', 'b', { qos: 1, mid: 7 }));
      peer.send(publish('late/1', 'c'), publish('late/2', 'd'));
      if (mode === 'thread') busyFor(20);
      client.on_subscribe = (_mosq, _obj, answered, qos_list) => heard.push(['subscribed', answered, qos_list]);
      client.on_message = (_mosq, _obj, msg) => heard.push([msg.topic, `${msg.payload}`]);
      client.message_callback_add('late/2', (_mosq, _obj, msg) => heard.push(['filter', msg.topic, `${msg.payload}`]));
      await until(
        () => heard.length >= 5,
        () => JSON.stringify(heard),
      );
      assert.deepEqual(heard, [
        ['subscribed', mid, [1]],
        ['late/1', 'a'],
        ['filter', 'late/2', 'b'],
        ['late/1', 'c'],
        ['filter', 'late/2', 'd'],
      ]);
      client.unsubscribe('late/#');
      const gone = readMid(await peer.nextOf(UNSUBSCRIBE));
      peer.send(ack(UNSUBACK, gone));
      if (mode === 'thread') busyFor(20);
      client.on_unsubscribe = (_mosq, _obj, answered) => heard.push(['unsubscribed', answered]);
      await until(() => heard.length >= 6, 'on_unsubscribe');
      assert.deepEqual(heard.at(-1), ['unsubscribed', gone]);
    });

    test('on_disconnect', limit, async (t) => {
      const { client, peer } = await acceptedFor(t, mode);
      peer.destroy();
      if (mode === 'thread') busyFor(20);
      const codes = disconnections(client);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.equal(codes.length, 1);
    });

    // libmosquitto formats its lines only while on_log has a function: docs/threads-and-delivery.md.
    test('on_log, of an attempt that failed', limit, async (t) => {
      const port = await refusedPortFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async('127.0.0.1', port), 0);
      const lines: Array<[number, string]> = [];
      client.on_pre_connect = () => {
        // This runs after on_pre_connect and the attempt that it allows, and before any other delivery.
        queueMicrotask(() => {
          if (mode === 'thread') busyFor(20);
          client.on_log = (_mosq, _obj, level, text) => lines.push([level, text]);
        });
      };
      const driven = driveFor(t, client, mode);
      // loop() returns the failure, and logs no line about it.
      const told = (): boolean => (mode === 'loop' ? driven.rc !== 0 : lines.length > 0);
      await until(told, 'the failure');
      if (mode === 'loop') return;
      assert.equal(lines[0]?.[0], MOSQ_LOG_WARNING);
      assert.match(lines[0]?.[1] ?? '', /failed: Connection refused/);
    });

    if (HAS_2_1) {
      test('on_ext_auth', limit, async (t) => {
        const fake = await fakeBrokerFor(t, async (peer) => {
          await accept5(peer);
        });
        const client = client5For(t);
        driveFor(t, client, mode);
        const codes = disconnections(client);
        await connect5(client, fake, { 'authentication-method': 'm' });
        fake.peers[0]?.send(auth5(0x18, { 'authentication-method': 'm' }));
        if (mode === 'thread') busyFor(20);
        const methods: unknown[] = [];
        client.on_ext_auth = (_mosq, _obj, method) => {
          methods.push(method);
          return 0;
        };
        await until(() => methods.length > 0 || codes.length > 0, 'on_ext_auth');
        assert.deepEqual({ methods, codes }, { methods: ['m'], codes: [] });
      });

      test('no on_ext_auth by the end of the turn refuses', limit, async (t) => {
        const fake = await fakeBrokerFor(t, async (peer) => {
          await accept5(peer);
        });
        const client = client5For(t);
        driveFor(t, client, mode);
        const codes = disconnections(client);
        await connect5(client, fake, { 'authentication-method': 'm' });
        fake.peers[0]?.send(auth5(0x18, { 'authentication-method': 'm' }));
        await until(() => codes.length > 0, 'on_disconnect');
        assert.deepEqual(codes, [MOSQ_ERR_AUTH]);
      });
    }

    test('a subclass with methods, and callbacks assigned to it', limit, async (t) => {
      const broker = await brokerFor(t, LOG_ALL);
      const heard: string[] = [];
      class Client extends Mosquitto {}
      // The callback is a method of the class. TypeScript refuses a method with the name of an accessor.
      Object.defineProperty(Client.prototype, 'on_connect', { value: () => heard.push('on_connect') });
      const client = new Client();
      defer(t, () => {
        client.destroy();
      });
      assert.equal(client.connect(broker.host, broker.port), 0);
      driveFor(t, client, mode);
      await until(() => heard.length > 0, 'on_connect');
      assert.equal(client.subscribe('late/subclass'), 0);
      if (mode === 'thread') busy(() => count(broker.log(), /Sending SUBACK/) === 1, 'SUBACK');
      client.on_subscribe = () => heard.push('on_subscribe');
      await until(() => heard.length > 1, 'on_subscribe');
      assert.deepEqual(heard, ['on_connect', 'on_subscribe']);
    });

    // The opposite case: no event that was delivered or dropped is delivered later.
    test('a callback that is assigned in a later turn is not called for what was before', limit, async (t) => {
      const broker = await brokerFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async(broker.host, broker.port), 0);
      driveFor(t, client, mode);
      await subscribedWithout(client);
      for (const qos of [0, 1] as const) client.publish('late/before', 'x', qos);
      await subscribeTo(client, 'late/before');
      await turn();
      const heard: unknown[] = [];
      client.on_connect = () => heard.push('on_connect');
      client.on_publish = (_mosq, _obj, mid) => heard.push(mid);
      client.on_message = (_mosq, _obj, msg) => heard.push(msg.topic);
      client.publish('late/after', 'x', 1);
      const mid = client.last_mid;
      await until(() => heard.length > 0, 'on_publish');
      assert.deepEqual(heard, [mid]);
    });

    test('messages of topics that came before anybody listened, and after', limit, async (t) => {
      const { client, peer } = await acceptedFor(t, mode);
      const heard: string[] = [];
      for (let round = 0; round < 20; round++) {
        // The event has no callback; it has one; it had one when it happened, but none when it is delivered.
        peer.send(publish('topic/1', `${round}`), publish('topic/2', `${round}`));
        await turn();
        client.on_message = (_mosq, _obj, msg) => heard.push(`${msg.topic} ${msg.payload}`);
        peer.send(publish('topic/1', `${round} heard`), publish('topic/2', `${round} heard`));
        await until(() => heard.includes(`topic/2 ${round} heard`), 'the messages');
        peer.send(publish('topic/3', `${round}`));
        if (mode === 'thread') busyFor(2);
        client.on_message = null;
        await turn();
      }
      const after = heard.filter((text) => text.endsWith('heard'));
      assert.deepEqual(
        after,
        Array.from({ length: 20 }, (_, round) => [`topic/1 ${round} heard`, `topic/2 ${round} heard`]).flat(),
      );
    });
  });
}

// The network thread begins to read while JavaScript is idle, and still reads when the next turn begins. It must not
// treat events of that turn as events that can no longer get a callback.
test('on_message, of a message that a long read meets behind others', limit, async (t) => {
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const acknowledged = new Int32Array(new SharedArrayBuffer(4));
  const file = join(__dirname, '..', 'fixtures', 'mosquitto-burst-broker.js');
  const worker = new Worker(file, { workerData: { begun, acknowledged } });
  defer(t, () => worker.terminate());
  const [port] = (await within(once(worker, 'message'), 'the port of the broker')) as [number];
  const client = clientFor(t);
  driveFor(t, client, 'thread');
  await connectTo(client, { host: '127.0.0.1', port });
  // libmosquitto 2.0 reads as many packets at once as messages are queued: all of a round.
  for (let i = 0; i < 4000; i++) assert.equal(client.publish('late/queued', 'x', 1), 0);
  for (let round = 0; round < 10; round++) {
    Atomics.store(begun, 0, 0);
    Atomics.store(acknowledged, 0, 0);
    worker.postMessage('send');
    await sleep(3);
    Atomics.store(begun, 0, 1);
    Atomics.notify(begun, 0);
    assert.equal(Atomics.wait(acknowledged, 0, 0, scaled(20000)) === 'timed-out', false);
    let heard = 0;
    client.on_message = (_mosq, _obj, { topic }) => {
      if (topic === 'late/last') heard += 1;
    };
    await until(
      () => heard > 0,
      () => `the message of round ${round}`,
    );
    client.on_message = null;
  }
});

/** The broker's answer to a subscribe(). No event before it has a callback. */
async function subscribedWithout(client: Mosquitto): Promise<void> {
  const granted = new Set<number>();
  client.on_subscribe = (_mosq, _obj, mid) => granted.add(mid);
  await until(() => client.subscribe('late/none') === 0, 'a connection');
  const mid = client.last_mid;
  await until(() => granted.has(mid), 'on_subscribe');
  client.on_subscribe = null;
}

for (const thread of [true, false]) {
  test(`in a worker's environment (thread: ${thread})`, limit, async (t) => {
    const { host, port } = await brokerFor(t);
    const file = join(__dirname, '..', 'fixtures', 'mosquitto-late-callbacks.js');
    const worker = new Worker(file, { workerData: { host, port, thread } });
    defer(t, () => worker.terminate());
    const told = new Promise<{ mids: number[]; published: number[] }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    const { mids, published } = await within(told, 'on_publish in the worker');
    assert.deepEqual(published, mids);
  });
}
