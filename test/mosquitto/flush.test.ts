// Tests flush(): its promise must resolve exactly once, and not before the broker has everything. A program that
// publishes, awaits it and ends must lose no message.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  build_info,
  MOSQ_ERR_CONN_LOST,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NO_CONN,
  MOSQ_ERR_SUCCESS,
  MOSQ_ERR_TIMEOUT,
} from 'libmosquitto';
import { acceptedFor } from '../support/accepted';
import { MODES, type Mode } from '../support/drive';
import { ack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readMid, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnectFrom, subscribeTo } from '../support/traffic';
import { SLOW, scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(40000) };
const broker = sharedBroker();
const BACKGROUND = MODES.filter((mode): mode is Exclude<Mode, 'loop'> => mode !== 'loop');

for (const mode of BACKGROUND) {
  /** A client whose first peer reads nothing, and its flush() of more than the sockets' buffers can store. */
  const unwrittenFor = async (t: TestContext) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
      if (fake.peers.length === 1) peer.pause();
    });
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, fake);
    for (let number = 0; number < 40; number++) client.publish('much', Buffer.alloc(1 << 20), 0);
    const flushed = client.flush();
    await turn();
    return { client, fake, flushed };
  };

  describe(`flush() (${mode})`, () => {
    for (const [qos, count] of [
      [0, 1000],
      [1, 1000],
      [2, 100],
    ] as const) {
      test(`of ${count} messages of QoS ${qos}, then disconnect(): none is lost`, limit, async (t) => {
        const receiver = clientFor(t);
        driveFor(t, receiver, mode);
        await connectTo(receiver, broker());
        const topic = `flush/${mode}/${qos}`;
        await subscribeTo(receiver, topic, qos);
        const messages = collect(receiver);
        const sender = clientFor(t);
        driveFor(t, sender, mode);
        await connectTo(sender, broker());
        for (let number = 0; number < count; number++) assert.equal(sender.publish(topic, `${number}`, qos), 0);
        assert.equal(await sender.flush(), MOSQ_ERR_SUCCESS);
        assert.equal(await disconnectFrom(sender), 0);
        await until(
          () => messages.length >= count,
          () => `the messages: ${messages.length} came`,
        );
        assert.deepEqual(
          messages.map(({ payload }) => Number(`${payload}`)),
          Array.from({ length: count }, (_, number) => number),
        );
      });
    }

    test('resolves after the earlier messages, and does not depend on later ones', limit, async (t) => {
      const { client, peer } = await acceptedFor(t, mode);
      const settled: string[] = [];
      const flush = (name: string): Promise<void> =>
        client.flush().then((rc) => {
          settled.push(`${name}: ${rc}`);
        });
      client.publish('a', '', 1);
      client.publish('a', '', 0);
      client.publish('b', '', 2);
      const first = flush('first');
      client.publish('c', '', 1);
      client.publish('d', '', 1);
      const second = flush('second');
      const mids = new Map<string, number>();
      while (mids.size < 4) {
        const { topic, mid, qos } = readPublish(await peer.nextOf(PUBLISH));
        if (qos > 0) mids.set(topic, mid);
      }
      const mid = (topic: string): number => mids.get(topic) ?? 0;
      // The answers come out of order and begin in the middle: the later ones first.
      peer.send(ack(PUBACK, mid('d')), ack(PUBACK, mid('a')), ack(PUBREC, mid('b')));
      assert.equal(readMid(await peer.nextOf(PUBREL)), mid('b'));
      await turn();
      assert.deepEqual(settled, []);
      peer.send(ack(PUBCOMP, mid('b')));
      await within(first, 'the first flush()');
      assert.deepEqual(settled, ['first: 0']);
      peer.send(ack(PUBACK, mid('c')));
      await within(second, 'the second flush()');
      assert.deepEqual(settled, ['first: 0', 'second: 0']);
      assert.equal(await client.flush(0), MOSQ_ERR_SUCCESS, 'nothing is outstanding');
    });

    test('over a reconnection: QoS 1 is confirmed by the next', limit, async (t) => {
      let connections = 0;
      const fake = await fakeBrokerFor(t, async (peer) => {
        connections += 1;
        await peer.accept();
        const { mid } = readPublish(await peer.nextOf(PUBLISH));
        if (connections === 1) peer.destroy();
        else peer.send(ack(PUBACK, mid));
      });
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      client.publish('again', 'x', 1);
      assert.equal(await within(client.flush(), 'flush()'), MOSQ_ERR_SUCCESS);
      assert.equal(connections, 2);
    });

    test('MOSQ_ERR_CONN_LOST when messages of QoS 0 were dropped with their connection', limit, async (t) => {
      const { fake, flushed } = await unwrittenFor(t);
      fake.peers[0]?.destroy();
      assert.equal(await within(flushed, 'flush()'), MOSQ_ERR_CONN_LOST);
    });

    test(
      'MOSQ_ERR_CONN_LOST when reconnect() has closed their connection, and later ones are confirmed',
      limit,
      async (t) => {
        const { client, flushed } = await unwrittenFor(t);
        assert.equal(client.reconnect(), MOSQ_ERR_SUCCESS);
        assert.equal(await within(flushed, 'flush()'), MOSQ_ERR_CONN_LOST);
        client.publish('small', 'x', 0);
        assert.equal(await within(client.flush(), 'the next flush()'), MOSQ_ERR_SUCCESS);
      },
    );

    test('MOSQ_ERR_CONN_LOST when the connection ends before CONNACK, if it was not written', limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        if (fake.peers.length > 1) await peer.accept();
      });
      const client = clientFor(t);
      client.connect_timeout_set(SLOW);
      driveFor(t, client, mode);
      assert.equal(client.connect(fake.host, fake.port), MOSQ_ERR_SUCCESS);
      client.publish('early', 'x', 0);
      // libmosquitto 2.0 writes the message before CONNACK.
      const expected = build_info().linkage === 'static' ? MOSQ_ERR_CONN_LOST : MOSQ_ERR_SUCCESS;
      assert.equal(await within(client.flush(), 'flush()'), expected);
    });

    test('MOSQ_ERR_TIMEOUT, and a later confirmation has no effect', limit, async (t) => {
      const { client, peer } = await acceptedFor(t, mode);
      client.publish('late', '', 1);
      assert.equal(await client.flush(10), MOSQ_ERR_TIMEOUT);
      const again = client.flush(20000);
      peer.send(ack(PUBACK, readPublish(await peer.nextOf(PUBLISH)).mid));
      assert.equal(await again, MOSQ_ERR_SUCCESS);
    });

    test('settles with each end: disconnect(), loop_stop(), reinitialise() and destroy()', limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const outcome = async (end: (client: ReturnType<typeof clientFor>) => unknown): Promise<number> => {
        const client = clientFor(t);
        assert.equal(client.loop_start({ thread: mode === 'thread' }), 0);
        await connectTo(client, fake);
        client.publish('never', '', 1);
        const flushed = client.flush();
        end(client);
        return await within(flushed, 'flush()');
      };
      assert.equal(await outcome((client) => client.disconnect()), MOSQ_ERR_NO_CONN);
      assert.equal(await outcome((client) => client.loop_stop()), MOSQ_ERR_INVAL);
      assert.equal(await outcome((client) => client.reinitialise()), MOSQ_ERR_NO_CONN);
      assert.equal(await outcome((client) => client.destroy()), MOSQ_ERR_NO_CONN);
    });

    test('publish() without a connection returns MOSQ_ERR_NO_CONN, however many are queued', limit, async (t) => {
      const port = await refusedPortFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async('127.0.0.1', port), 0);
      driveFor(t, client, mode);
      for (const qos of [1, 2] as const) {
        for (let number = 0; number < 30; number++) assert.equal(client.publish('off', '', qos), MOSQ_ERR_NO_CONN);
      }
      assert.equal(await client.flush(1), MOSQ_ERR_TIMEOUT);
    });
  });
}

describe('flush()', () => {
  test('MOSQ_ERR_INVAL at once when no loop runs in the background', limit, async (t) => {
    const client = clientFor(t);
    assert.equal(await client.flush(), MOSQ_ERR_INVAL);
    driveFor(t, client, 'loop');
    await connectTo(client, broker());
    assert.equal(await client.flush(), MOSQ_ERR_INVAL);
    assert.equal(client.loop_stop(), MOSQ_ERR_INVAL);
  });

  test('settles before loop_forever() that loop_stop() ends', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t);
    assert.equal(client.connect(fake.host, fake.port), MOSQ_ERR_SUCCESS);
    const settled: string[] = [];
    const ended = client.loop_forever().then(() => settled.push('loop_forever()'));
    client.publish('never', '', 1);
    const flushed = client.flush().then(() => settled.push('flush()'));
    assert.equal(client.loop_stop(true), MOSQ_ERR_SUCCESS);
    await within(Promise.all([ended, flushed]), 'both');
    assert.deepEqual(settled, ['flush()', 'loop_forever()']);
  });

  test('checks its argument', limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.loop_start(), 0);
    assert.equal(await client.flush(-1), MOSQ_ERR_INVAL);
    assert.throws(() => client.flush('1' as never), TypeError);
    assert.throws(() => client.flush(1.5), /timeout_ms/);
    assert.equal(await client.flush(2 ** 31 - 1), MOSQ_ERR_SUCCESS);
  });

  test('publish() by hand without a connection: MOSQ_ERR_NO_CONN, also for more than may be in flight', (t) => {
    const client = clientFor(t);
    for (let number = 0; number < 30; number++) assert.equal(client.publish('off', '', 1), MOSQ_ERR_NO_CONN);
  });
});
