// Tests wrong, repeated and missing acknowledgements of packets that the client has sent.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_ERR_PROTOCOL } from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import * as p from '../support/packets';
import { clientFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { type Connection, connectionOf } from './connection';

const limit = { timeout: scaled(30000) };

interface Scene extends Connection {
  readonly events: string[];
}

/** A client that notes its events, and a broker that accepts it, on every connection. */
async function scene(t: TestContext, mode: Mode): Promise<Scene> {
  const client = clientFor(t);
  const events: string[] = [];
  client.on_publish = (_mosq, _obj, mid) => {
    events.push(`publish ${mid}`);
  };
  client.on_subscribe = (_mosq, _obj, mid, codes) => {
    events.push(`subscribe ${mid} [${String(codes)}]`);
  };
  client.on_unsubscribe = (_mosq, _obj, mid) => {
    events.push(`unsubscribe ${mid}`);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    events.push(`disconnect ${rc}`);
  };
  client.on_message = (_mosq, _obj, msg) => {
    events.push(msg.topic);
  };
  return { ...(await connectionOf(t, mode, client)), events };
}

/** Returns all events of the client until a message to `done`, which is sent now. */
async function toldBefore({ events, peer }: Scene): Promise<string[]> {
  peer().send(p.publish('done', ''));
  await until(
    () => events.includes('done'),
    () => `the last message; so far: ${events.join(', ')}`,
  );
  return events.splice(0).slice(0, -1);
}

for (const mode of MODES) {
  describe(`wrong answers to what a client has sent (${mode})`, () => {
    for (const [what, codes] of [
      ['too few codes', [1]],
      ['codes that there are not', [3, 127]],
    ] as const) {
      test(`SUBACK with ${what}: on_subscribe gets what came`, limit, async (t) => {
        const stage = await scene(t, mode);
        assert.equal(stage.client.subscribe(['a', 'b'], 1), 0);
        const mid = p.readMid(await stage.peer().nextOf(p.SUBSCRIBE));
        stage.peer().send(p.suback(mid, [...codes]));
        assert.deepEqual(await toldBefore(stage), [`subscribe ${mid} [${String(codes)}]`]);
      });
    }

    test('SUBACK twice: on_subscribe twice', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.subscribe('a', 1), 0);
      const mid = p.readMid(await stage.peer().nextOf(p.SUBSCRIBE));
      stage.peer().send(p.suback(mid, [1]), p.suback(mid, [0x80]));
      assert.deepEqual(await toldBefore(stage), [`subscribe ${mid} [1]`, `subscribe ${mid} [128]`]);
    });

    test('UNSUBACK for a SUBSCRIBE: on_unsubscribe gets it', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.subscribe('a', 1), 0);
      const mid = p.readMid(await stage.peer().nextOf(p.SUBSCRIBE));
      stage.peer().send(p.ack(p.UNSUBACK, mid));
      assert.deepEqual(await toldBefore(stage), [`unsubscribe ${mid}`]);
    });

    test('PUBACK twice: on_publish once', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.publish('t', 'x', 1), 0);
      const { mid } = p.readPublish(await stage.peer().nextOf(p.PUBLISH));
      stage.peer().send(p.ack(p.PUBACK, mid), p.ack(p.PUBACK, mid));
      assert.deepEqual(await toldBefore(stage), [`publish ${mid}`]);
    });

    test('PUBACKs for ids all around: on_publish for the right one', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.publish('t', 'x', 1), 0);
      const { mid } = p.readPublish(await stage.peer().nextOf(p.PUBLISH));
      for (let step = 1; step < 1000; step++) {
        const around = [(mid + step) & 0xffff, (mid - step) & 0xffff];
        stage.peer().send(...around.filter((other) => other !== 0).map((other) => p.ack(p.PUBACK, other)));
      }
      assert.deepEqual(await toldBefore(stage), []);
      stage.peer().send(p.ack(p.PUBACK, mid));
      assert.deepEqual(await toldBefore(stage), [`publish ${mid}`]);
    });

    for (const [qos, name, wrong, steps] of [
      [1, 'PUBREC', p.PUBREC, [p.PUBACK]],
      [1, 'PUBCOMP', p.PUBCOMP, [p.PUBACK]],
      [2, 'PUBACK', p.PUBACK, [p.PUBREC, p.PUBCOMP]],
    ] as const) {
      test(`${name} for a message of QoS ${qos}: the connection ends, the next one completes it`, limit, async (t) => {
        const stage = await scene(t, mode);
        const { client, events, peer, again } = stage;
        assert.equal(client.publish('t', 'x', qos), 0);
        const first = p.readPublish(await peer().nextOf(p.PUBLISH));
        peer().send(p.ack(wrong, first.mid));
        await until(() => events.length > 0, 'on_disconnect');
        assert.deepEqual(events.splice(0), [`disconnect ${MOSQ_ERR_PROTOCOL}`]);
        await again();
        const second = p.readPublish(await peer().nextOf(p.PUBLISH));
        // The session has ended, so the message is new to the broker. The system's library sets DUP nevertheless.
        const dup = build_info().linkage === 'system';
        assert.deepEqual([second.mid, second.dup, second.payload.toString()], [first.mid, dup, 'x']);
        for (const step of steps) peer().send(p.ack(step, first.mid));
        assert.deepEqual(await toldBefore(stage), [`publish ${first.mid}`]);
      });
    }

    test('PUBCOMP before PUBREC: the message is done, once', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.publish('t', 'x', 2), 0);
      const { mid } = p.readPublish(await stage.peer().nextOf(p.PUBLISH));
      stage.peer().send(p.ack(p.PUBCOMP, mid), p.ack(p.PUBREC, mid), p.ack(p.PUBCOMP, mid));
      assert.deepEqual(await toldBefore(stage), [`publish ${mid}`]);
    });

    test('PUBREC twice: PUBREL twice, on_publish once', limit, async (t) => {
      const stage = await scene(t, mode);
      assert.equal(stage.client.publish('t', 'x', 2), 0);
      const { mid } = p.readPublish(await stage.peer().nextOf(p.PUBLISH));
      stage.peer().send(p.ack(p.PUBREC, mid), p.ack(p.PUBREC, mid));
      for (let i = 0; i < 2; i++) assert.equal(p.readMid(await stage.peer().nextOf(p.PUBREL)), mid);
      stage.peer().send(p.ack(p.PUBCOMP, mid), p.ack(p.PUBCOMP, mid));
      assert.deepEqual(await toldBefore(stage), [`publish ${mid}`]);
    });

    test(
      'thousands of QoS 2 messages that a broker does not release, sent again with other content',
      limit,
      async (t) => {
        const stage = await scene(t, mode);
        const { peer } = stage;
        for (let mid = 1; mid <= 3000; mid++) peer().send(p.publish('first', 'x', { qos: 2, mid }));
        // The same ids again, with other messages.
        for (let mid = 1; mid <= 3000; mid++) peer().send(p.publish('again', 'x', { qos: 2, mid }));
        assert.deepEqual(await toldBefore(stage), []);
        for (let mid = 1; mid <= 3000; mid++) peer().send(p.ack(p.PUBREL, mid));
        // The newer messages; libmosquitto 2.0 keeps every copy, and delivers the oldest.
        const delivered = build_info().linkage === 'static' ? 'again' : 'first';
        assert.deepEqual(
          await toldBefore(stage),
          Array.from({ length: 3000 }, () => delivered),
        );
      },
    );
  });
}
