// Tests on_dropped: a program must hear of each message of QoS 0 and of each request that a connection takes along, exactly
// once, however the connection ends, and of nothing that was confirmed.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_ERR_PROTOCOL, MOSQ_LOG_NOTICE, type Mosquitto } from 'libmosquitto';
import { type Connection, connectionOf } from '../protocol/connection';
import { MODES, type Mode } from '../support/drive';
import { ack, PUBLISH, readMid, SUBSCRIBE, suback, UNSUBACK, UNSUBSCRIBE } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(40000) };
const MiB = 1 << 20;
const MESSAGES = 40;

type Event = string | { messages: number; subscribes: number; unsubscribes: number };

/** The ends, the losses and the lines about losses, in their order. */
function noted(client: Mosquitto): { events: Event[]; lines: string[] } {
  const events: Event[] = [];
  const lines: string[] = [];
  client.on_disconnect = (_mosq, _obj, rc) => {
    events.push(rc === 0 ? 'asked' : 'lost');
  };
  client.on_dropped = (_mosq, _obj, dropped) => {
    events.push(dropped);
  };
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_NOTICE && text.startsWith('Lost ')) lines.push(text);
  };
  return { events, lines };
}

interface Scene extends Connection {
  readonly events: Event[];
  readonly lines: string[];
}

async function sceneOf(t: TestContext, mode: Mode): Promise<Scene> {
  const client = clientFor(t);
  const { events, lines } = noted(client);
  return { ...(await connectionOf(t, mode, client)), events, lines };
}

/** Publishes more than the sockets' buffers take. Returns how many messages on_publish confirms. */
function flood({ client, peer }: Scene): () => number {
  let confirmed = 0;
  client.on_publish = () => {
    confirmed += 1;
  };
  peer().pause();
  for (let number = 0; number < MESSAGES; number++) assert.equal(client.publish('much', Buffer.alloc(MiB), 0), 0);
  return () => confirmed;
}

for (const mode of MODES) {
  describe(`on_dropped (${mode})`, () => {
    test('messages of QoS 0 that were not written when the connection was lost', limit, async (t) => {
      const scene = await sceneOf(t, mode);
      const confirmed = flood(scene);
      scene.peer().destroy();
      await until(() => scene.events.length >= 2, 'on_dropped');
      const messages = MESSAGES - confirmed();
      assert.ok(messages > 0);
      assert.deepEqual(scene.events, ['lost', { messages, subscribes: 0, unsubscribes: 0 }]);
      assert.equal(scene.lines.length, 1);
      assert.match(scene.lines[0] ?? '', new RegExp(`: ${messages}, SUBSCRIBEs: 0, UNSUBSCRIBEs: 0\\.$`));
    });

    test(
      'reconnect() closes the connection: no on_disconnect, and the next connection loses nothing',
      limit,
      async (t) => {
        const scene = await sceneOf(t, mode);
        const confirmed = flood(scene);
        await scene.again();
        await until(() => scene.events.length >= 1, 'on_dropped');
        const messages = MESSAGES - confirmed();
        assert.deepEqual(scene.events, [{ messages, subscribes: 0, unsubscribes: 0 }]);
        scene.peer().destroy();
        await until(() => scene.events.length >= 2, 'on_disconnect');
        assert.equal(scene.events[1], 'lost');
        if (mode === 'loop') await scene.again();
        else await until(() => scene.broker.peers.length === 3, 'the next connection');
        assert.equal(scene.events.length, 2);
      },
    );

    test('disconnect(), and a broker that reads nothing', limit, async (t) => {
      const scene = await sceneOf(t, mode);
      const confirmed = flood(scene);
      assert.equal(scene.client.disconnect(), 0);
      await until(() => scene.events.length >= 2, 'on_dropped');
      const messages = MESSAGES - confirmed();
      assert.ok(messages > 0);
      assert.deepEqual(scene.events[1], { messages, subscribes: 0, unsubscribes: 0 });
    });

    test('requests without an answer, sent or not, and no others', limit, async (t) => {
      const scene = await sceneOf(t, mode);
      const { client, events } = scene;
      const answers: number[] = [];
      client.on_subscribe = (_mosq, _obj, mid) => answers.push(mid);
      client.on_unsubscribe = (_mosq, _obj, mid) => answers.push(mid);
      client.subscribe('answered');
      client.unsubscribe('answered');
      const subscribe = readMid(await scene.peer().nextOf(SUBSCRIBE));
      const unsubscribe = readMid(await scene.peer().nextOf(UNSUBSCRIBE));
      scene.peer().send(suback(subscribe, [0]), suback(subscribe, [0]), ack(UNSUBACK, unsubscribe));
      await until(() => answers.length === 3, 'the answers');
      client.subscribe(['a', 'b', 'c']);
      client.subscribe('d');
      client.unsubscribe(['a', 'b']);
      client.publish('kept', 'x', 1);
      await scene.peer().nextOf(PUBLISH);
      scene.peer().destroy();
      await until(() => events.length >= 2, 'on_dropped');
      assert.deepEqual(events, ['lost', { messages: 0, subscribes: 2, unsubscribes: 1 }]);
    });

    test('a broker that answers none of the calls before CONNACK, and refuses', limit, async (t) => {
      const fake = await fakeBrokerFor(t, (peer) => peer.accept(5).then(() => peer.end()));
      const client = clientFor(t);
      const { events } = noted(client);
      assert.equal(client.connect(fake.host, fake.port), 0);
      client.subscribe('early');
      client.unsubscribe('early');
      client.publish('early', 'x', 0);
      driveFor(t, client, mode);
      await until(() => events.length >= 2, 'on_dropped');
      // libmosquitto 2.0 writes the message before CONNACK.
      const messages = build_info().linkage === 'static' ? 1 : 0;
      assert.deepEqual(events.slice(0, 2), ['lost', { messages, subscribes: 1, unsubscribes: 1 }]);
    });

    test('after a packet that is a protocol error', limit, async (t) => {
      const scene = await sceneOf(t, mode);
      const { client, events } = scene;
      client.subscribe('a');
      client.subscribe('b');
      const mid = readMid(await scene.peer().nextOf(SUBSCRIBE));
      const codes: number[] = [];
      client.on_disconnect = (_mosq, _obj, rc) => codes.push(rc);
      scene.peer().send(suback(mid, [0, 0]));
      await until(() => events.length >= 1, 'on_dropped');
      assert.deepEqual(codes, [MOSQ_ERR_PROTOCOL]);
      assert.deepEqual(events, [{ messages: 0, subscribes: 2, unsubscribes: 0 }]);
    });

    test('is not called when all was confirmed, nor for messages of QoS 1 and 2', limit, async (t) => {
      const scene = await sceneOf(t, mode);
      const { client, events, lines } = scene;
      let written = 0;
      client.on_publish = () => {
        written += 1;
      };
      client.publish('written', 'x', 0);
      client.publish('kept', 'x', 1);
      client.publish('kept', 'x', 2);
      await until(() => written === 1, 'on_publish');
      for (let count = 0; count < 3; count++) await scene.peer().nextOf(PUBLISH);
      scene.peer().destroy();
      await until(() => events.length >= 1, 'on_disconnect');
      if (mode === 'loop') await scene.again();
      else await until(() => scene.broker.peers.length === 2, 'the next connection');
      assert.deepEqual(events, ['lost']);
      assert.deepEqual(lines, []);
    });
  });
}

test('an answer that comes on the next connection is a protocol error: the request was forgotten', limit, async (t) => {
  const fake = await fakeBrokerFor(t, (peer) => peer.accept().then(() => undefined));
  const client = clientFor(t);
  const { events } = noted(client);
  driveFor(t, client, 'thread');
  await connectTo(client, fake);
  client.subscribe('a');
  const mid = client.last_mid;
  await fake.peers[0]?.nextOf(SUBSCRIBE);
  fake.peers[0]?.destroy();
  await until(() => client.connected && fake.peers.length === 2, 'the next connection');
  fake.peers[1]?.send(suback(mid, [0]));
  await until(() => events.filter((event) => event === 'lost').length === 2, 'the end');
});
