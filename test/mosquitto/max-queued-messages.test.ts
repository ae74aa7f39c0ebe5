// Tests max_queued_messages_set(): with a broker that has stopped, a program that publishes must learn that the queue is full,
// and must not fill the memory. It must lose nothing that was taken, and learn when there is room again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, MOSQ_ERR_NOMEM, MOSQ_ERR_SUCCESS, type Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { ack, PUBACK, PUBLISH, readPublish } from '../support/packets';
import { brokerFor, clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const MiB = 1 << 20;

/** Publishes until the queue is full. Returns how many messages it has taken. */
function fill(client: Mosquitto, topic: string, payload: Buffer, qos: 0 | 1 | 2): number {
  for (let taken = 0; taken < 100_000; taken++) {
    const rc = client.publish(topic, payload, qos);
    if (rc === MOSQ_ERR_NOMEM) return taken;
    assert.equal(rc, MOSQ_ERR_SUCCESS);
  }
  throw new Error('the queue takes everything');
}

for (const mode of MODES) {
  describe(`max_queued_messages_set() (${mode})`, () => {
    for (const qos of [0, 1, 2] as const) {
      test(`a stopped broker, QoS ${qos}: memory stays flat, and nothing that was taken is lost`, limit, async (t) => {
        const broker = await brokerFor(t, { config: ['max_queued_messages 0'] });
        const receiver = clientFor(t);
        driveFor(t, receiver, mode);
        await connectTo(receiver, broker);
        const topic = `full/${mode}/${qos}`;
        await subscribeTo(receiver, topic, qos);
        const received = collect(receiver);
        const client = clientFor(t);
        driveFor(t, client, mode);
        await connectTo(client, broker);
        let confirmed = 0;
        client.on_publish = () => {
          confirmed += 1;
        };
        assert.equal(client.max_queued_messages_set(0, 8 * MiB), MOSQ_ERR_SUCCESS);
        broker.pause();
        const payload = Buffer.alloc(64 * 1024);
        const memory = process.memoryUsage().rss;
        let taken = 0;
        let refused = 0;
        // The payloads take 1.2 GiB. The buffers of the sockets take some of those of QoS 0.
        for (let number = 0; number < 20_000; number++) {
          const rc = client.publish(topic, payload, qos);
          if (rc === MOSQ_ERR_SUCCESS) taken += 1;
          else assert.equal(rc, MOSQ_ERR_NOMEM);
          if (rc !== MOSQ_ERR_SUCCESS) refused += 1;
          if (number % 1000 === 0) {
            await turn();
            assert.ok(client.stats().outgoing_bytes <= 8 * MiB);
          }
        }
        assert.match(client.last_error, /queue is full/);
        assert.ok(refused > 15_000, `${refused} of 20000 refused`);
        assert.ok(process.memoryUsage().rss - memory < 200 * MiB);
        await until(() => client.stats().outgoing_messages === taken - confirmed, 'on_publish of what was written');

        // The next success after on_publish.
        let again = -1;
        client.on_publish = () => {
          confirmed += 1;
          if (again < 0) again = client.publish(topic, 'again', qos);
        };
        broker.resume();
        await until(() => confirmed === taken + 1 && received.length === taken + 1, 'all messages');
        assert.equal(again, MOSQ_ERR_SUCCESS);
        assert.equal(client.stats().outgoing_messages, 0);
        assert.equal(received.length, taken + 1);
      });
    }

    test('a number of messages; a new limit applies at once, and drops none', limit, async (t) => {
      const fake = await fakeBrokerFor(t, (peer) => peer.accept().then(() => undefined));
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      assert.equal(client.max_queued_messages_set(3), MOSQ_ERR_SUCCESS);
      assert.equal(fill(client, 'few', Buffer.from('x'), 1), 3);
      const { last_mid } = client;
      assert.equal(client.publish('few', 'x', 0), MOSQ_ERR_NOMEM);
      assert.equal(client.last_mid, last_mid);
      assert.match(client.last_error, /3 messages \(limit 3\)/);
      const [peer] = fake.peers;
      assert.ok(peer);
      const { mid } = readPublish(await peer.nextOf(PUBLISH));
      assert.equal(client.max_queued_messages_set(1), MOSQ_ERR_SUCCESS);
      assert.equal(client.stats().outgoing_messages, 3);
      let confirmed = 0;
      client.on_publish = () => {
        confirmed += 1;
      };
      peer.send(ack(PUBACK, mid));
      await until(() => confirmed === 1, 'on_publish');
      assert.equal(client.publish('few', 'x', 1), MOSQ_ERR_NOMEM);
      assert.equal(client.max_queued_messages_set(0), MOSQ_ERR_SUCCESS);
      assert.equal(client.publish('few', 'x', 1), MOSQ_ERR_SUCCESS);
    });
  });
}

test('without a connection, for messages of QoS 1 and 2 that stay queued', limit, (t) => {
  const client = clientFor(t);
  client.max_queued_messages_set(2, 10);
  assert.equal(client.publish('t', 'x'.repeat(11), 1), MOSQ_ERR_NOMEM);
  assert.match(client.last_error, /11 bytes/);
  assert.equal(client.publish('t', 'x'.repeat(5), 1), MOSQ_ERR_NO_CONN);
  assert.equal(client.publish('t', 'x'.repeat(6), 2), MOSQ_ERR_NOMEM);
  assert.equal(client.publish('t', 'x', 2), MOSQ_ERR_NO_CONN);
  assert.equal(client.publish('t', '', 2), MOSQ_ERR_NOMEM);
  assert.equal(client.stats().outgoing_messages, 2);
  assert.equal(client.reinitialise(), 0);
  for (let number = 0; number < 5; number++) assert.equal(client.publish('t', 'x', 1), MOSQ_ERR_NO_CONN);
});

test('refuses wrong arguments', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.max_queued_messages_set(-1), MOSQ_ERR_INVAL);
  assert.equal(client.max_queued_messages_set(1, -1), MOSQ_ERR_INVAL);
  assert.equal(client.max_queued_messages_set(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), MOSQ_ERR_SUCCESS);
  for (const wrong of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '1', null] as never[]) {
    assert.throws(() => client.max_queued_messages_set(wrong), { name: 'TypeError', message: /1 \(messages\)/ });
    assert.throws(() => client.max_queued_messages_set(1, wrong), { name: 'TypeError', message: /2 \(bytes\)/ });
  }
});
