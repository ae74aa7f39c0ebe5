// Tests stats(): a program that watches its client must see each message counted once, in the direction and at the moment that
// the documentation names.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { connectionOf } from '../protocol/connection';
import { MODES } from '../support/drive';
import { ack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, publish, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

const ZEROS = {
  messages_received: 0,
  bytes_received: 0,
  messages_sent: 0,
  bytes_sent: 0,
  dropped: 0,
  reconnects: 0,
  outgoing_messages: 0,
  outgoing_bytes: 0,
  inflight: 0,
  undelivered_bytes: 0,
};

for (const mode of MODES) {
  describe(`stats() (${mode})`, () => {
    test('messages and bytes of every QoS through a real broker', limit, async (t) => {
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await subscribeTo(client, `stats/${mode}`, 2);
      assert.deepEqual(client.stats(), ZEROS);
      let confirmed = 0;
      client.on_publish = () => {
        confirmed += 1;
      };
      const messages = collect(client);
      for (const qos of [0, 1, 2] as const) assert.equal(client.publish(`stats/${mode}`, 'x'.repeat(10 + qos), qos), 0);
      assert.equal(client.stats().outgoing_messages + client.stats().messages_sent, 3);
      await until(() => confirmed === 3 && messages.length === 3, 'all messages');
      await until(() => client.stats().undelivered_bytes === 0, 'the end of the delivery');
      const all = { messages_received: 3, bytes_received: 33, messages_sent: 3, bytes_sent: 33 };
      assert.deepEqual(client.stats(), { ...ZEROS, ...all });
    });

    test('in flight, outgoing and reconnects, with a broker that answers late', limit, async (t) => {
      const client = clientFor(t);
      const scene = await connectionOf(t, mode, client);
      client.max_inflight_messages_set(2);
      for (let number = 0; number < 5; number++) client.publish('late', 'abcd', number === 0 ? 2 : 1);
      const { mid: first } = readPublish(await scene.peer().nextOf(PUBLISH));
      const { mid: second } = readPublish(await scene.peer().nextOf(PUBLISH));
      // The system's library does not tell how many are in flight.
      const inflight = (tellable: number, otherwise: number) =>
        build_info().linkage === 'static' ? tellable : otherwise;
      const queued = { ...ZEROS, outgoing_messages: 5, outgoing_bytes: 20, inflight: inflight(2, 5) };
      assert.deepEqual(client.stats(), queued);
      scene.peer().send(ack(PUBREC, first), ack(PUBACK, second));
      await scene.peer().nextOf(PUBREL);
      await until(() => client.stats().messages_sent === 1, 'PUBACK');
      assert.equal(client.stats().outgoing_messages, 4);
      assert.equal(client.stats().inflight, inflight(2, 4));
      scene.peer().send(ack(PUBCOMP, first));
      await until(() => client.stats().messages_sent === 2, 'PUBCOMP');
      assert.equal(client.stats().outgoing_bytes, 12);
      await scene.again();
      assert.equal(client.stats().reconnects, 1);
      assert.equal(client.stats().outgoing_messages, 3);
      assert.equal(client.stats().messages_sent, 2);
    });

    test('dropped, and reinitialise()', limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        peer.pause();
      });
      const client = clientFor(t);
      const drive = driveFor(t, client, mode);
      await connectTo(client, fake);
      for (let number = 0; number < 20; number++) client.publish('much', Buffer.alloc(1 << 20), 0);
      let dropped = 0;
      client.on_dropped = (_mosq, _obj, { messages }) => {
        dropped += messages;
      };
      fake.peers[0]?.destroy();
      await until(() => dropped > 0, 'on_dropped');
      const { outgoing_messages, messages_sent, ...rest } = client.stats();
      assert.equal(rest.dropped, dropped);
      assert.equal(messages_sent, 20 - dropped);
      assert.equal(outgoing_messages, 0);
      await drive.stop();
      assert.equal(client.reinitialise('again'), 0);
      assert.deepEqual(client.stats(), ZEROS);
    });
  });
}

test('undelivered_bytes grows while JavaScript is busy', limit, async (t) => {
  const fake = await fakeBrokerFor(t, (peer) => peer.accept().then(() => undefined));
  const client = clientFor(t);
  driveFor(t, client, 'thread');
  await connectTo(client, fake);
  let received = 0;
  let busy = 0;
  client.on_message = () => {
    received += 1;
    if (received > 1) return;
    // The network thread reads on.
    const end = Date.now() + scaled(10000);
    while (busy < 100_000 && Date.now() < end) busy = client.stats().undelivered_bytes;
  };
  const parts: Buffer[] = [];
  for (let number = 0; number < 200; number++) parts.push(publish('busy', Buffer.alloc(1000)));
  fake.peers[0]?.send(parts[0] as Buffer);
  fake.peers[0]?.send(...parts.slice(1));
  await until(() => received === 200, 'all messages');
  assert.ok(busy >= 100_000, `${busy} bytes`);
  await until(() => client.stats().undelivered_bytes === 0, 'the end of the delivery');
  assert.equal(client.stats().bytes_received, 200_000);
});
