// Tests published large payloads. publish() writes one directly from the caller's memory when the queue is empty. The
// peer must get the payload of that moment, whole and in its place, whatever part of it the socket accepts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_SUCCESS, MOSQ_OPT_PROTOCOL_VERSION } from 'libmosquitto';
import { acceptedFor } from '../support/accepted';
import { MODES } from '../support/drive';
import { DISCONNECT, type Packet, PUBLISH, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(120000) };

for (const mode of MODES) {
  test(`changes of the buffer after publish() have no effect (${mode})`, limit, async (t) => {
    const { client, peer } = await acceptedFor(t, mode);
    let published = 0;
    client.on_publish = () => {
      published++;
    };
    // More than the socket accepts at once, so that some payloads are written, one is cut, and the rest is queued.
    const buffer = Buffer.alloc(100_000);
    const count = 200;
    peer.pause();
    for (let i = 0; i < count; i++) {
      buffer.fill(i);
      assert.equal(client.publish(`t/${i}`, buffer), MOSQ_ERR_SUCCESS);
      if (i % 10 === 9) assert.equal(client.publish('small', `${i}`), MOSQ_ERR_SUCCESS);
    }
    buffer.fill(255);
    peer.resume();
    await until(
      () => published === count + count / 10,
      () => `on_publish: ${published}`,
    );
    assert.equal(client.disconnect(), MOSQ_ERR_SUCCESS);
    await within(peer.closed, 'the end of the connection');
    const packets = peer.received.filter(({ type }) => type === PUBLISH || type === DISCONNECT);
    assert.equal(packets.pop()?.type, DISCONNECT);
    const expected = Array.from({ length: count }, (_, i) => (i % 10 === 9 ? [`t/${i}`, 'small'] : [`t/${i}`])).flat();
    assert.deepEqual(
      packets.map((packet) => readPublish(packet).topic),
      expected,
    );
    for (const packet of packets) {
      const { topic, payload } = readPublish(packet);
      if (topic === 'small') continue;
      const number = Number(topic.slice(2));
      assert.ok(payload.length === 100_000 && payload.every((byte) => byte === number), topic);
    }
  });

  for (const qos of [1, 2] as const) {
    test(`one that was not acknowledged is sent again, QoS ${qos} (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => void (await peer.accept(0, fake.peers.length > 1)), {
        host: '127.0.0.1',
      });
      const client = clientFor(t, `large-${qos}`, false);
      if (mode === 'loop') client.on_disconnect = () => void client.reconnect_async();
      driveFor(t, client, mode);
      await connectTo(client, fake);
      const payload = Buffer.alloc(70_000, 'q');
      assert.equal(client.publish('t', payload, qos), MOSQ_ERR_SUCCESS);
      const publishOf = async (connection: number): Promise<ReturnType<typeof readPublish>> => {
        const sent = (): Packet | undefined => fake.peers[connection]?.received.find(({ type }) => type === PUBLISH);
        await until(() => sent() !== undefined, `PUBLISH on connection ${connection}`);
        return readPublish(sent() ?? assert.fail());
      };
      const first = await publishOf(0);
      fake.peers[0]?.destroy();
      const second = await publishOf(1);
      for (const { topic, mid, payload: got } of [first, second]) {
        assert.deepEqual([topic, mid, got.equals(payload)], ['t', first.mid, true]);
      }
      assert.deepEqual([first.dup, second.dup], [false, true]);
    });
  }

  test(`a reset that publish() detects is reported once, as one in the loop (${mode})`, limit, async (t) => {
    const { client, peer } = await acceptedFor(t, mode);
    const ends: number[] = [];
    client.on_disconnect = (_mosq, _obj, rc) => {
      ends.push(rc);
      client.disconnect();
    };
    peer.destroy();
    // The event loop does not run in between, so publish() detects the reset.
    for (let i = 0; i < 10; i++) client.publish('t', Buffer.alloc(100_000));
    await until(() => ends.length > 0, 'on_disconnect');
    assert.equal(ends.length, 1);
    assert.ok(ends[0] === MOSQ_ERR_CONN_LOST || ends[0] === MOSQ_ERR_ERRNO, `on_disconnect(${ends[0]})`);
  });
}

test('properties stand in front of it (MQTT 5)', limit, async (t) => {
  const fake = await fakeBrokerFor(t, () => undefined, { host: '127.0.0.1' });
  const client = clientFor(t);
  client.int_option(MOSQ_OPT_PROTOCOL_VERSION, 5);
  driveFor(t, client, 'event loop');
  const answered = connectTo(client, fake);
  await until(() => fake.peers.length === 1, 'the connection');
  const peer = fake.peers[0] ?? assert.fail();
  await peer.next();
  peer.send(Buffer.from([0x20, 3, 0, 0, 0]));
  await answered;
  const payload = Buffer.alloc(50_000, 'p');
  // The topic is as long as a large payload, and there is no payload.
  const data = Buffer.alloc(20_000, 'c');
  assert.equal(client.publish('t', payload, 0, false, { 'correlation-data': data }), MOSQ_ERR_SUCCESS);
  const { body } = await peer.nextOf(PUBLISH);
  const length = 1 + 2 + data.length;
  const header = Buffer.concat([
    Buffer.from([0, 1, 0x74, (length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]),
  ]);
  const property = Buffer.concat([Buffer.from([9, data.length >> 8, data.length & 255]), data]);
  assert.ok(body.equals(Buffer.concat([header, property, payload])));
});
