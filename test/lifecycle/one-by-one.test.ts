// Tests packets that leave one by one, in different turns of the event loop: their order, and that none stays queued.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MOSQ_ERR_CONN_LOST, type Mosquitto } from 'libmosquitto';
import type { Peer } from '../support/fake-broker';
import { PUBLISH, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

describe('packets that are queued one in a turn of the event loop', () => {
  for (const mode of ['event loop', 'thread'] as const) {
    test(`keep their order among those of busier turns, each confirmed once (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const arrived: string[] = [];
      const confirmed: number[] = [];
      let granted = false;
      client.on_connect = () => client.subscribe('one/by/one', 2);
      client.on_subscribe = () => {
        granted = true;
      };
      client.on_message = (_mosq, _obj, msg) => {
        arrived.push(msg.payload.toString());
      };
      client.on_publish = (_mosq, _obj, mid) => {
        confirmed.push(mid);
      };
      driveFor(t, client, mode);
      assert.equal(client.connect_async(broker().host, broker().port), 0);
      await until(() => granted, 'on_subscribe');

      // QoS 0, because the order of messages of different QoS is not guaranteed.
      const sent: string[] = [];
      const mids: number[] = [];
      for (const together of Array.from({ length: 200 }, (_, turn) => [1, 1, 2, 1, 5, 1, 200][turn % 7] ?? 1)) {
        for (let i = 0; i < together; i++) {
          const text = String(sent.length);
          assert.equal(client.publish('one/by/one', text, 0), 0);
          sent.push(text);
          mids.push(client.last_mid);
        }
        await nextTurn();
      }
      await until(
        () => arrived.length >= sent.length && confirmed.length >= mids.length,
        () => `${arrived.length} arrived, ${confirmed.length} confirmed of ${sent.length}`,
      );
      assert.deepEqual(arrived, sent);
      assert.deepEqual(confirmed, mids);
    });

    test(`an answer that a handler sends comes before what later turns send (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const answers: number[] = [];
      let granted = false;
      client.on_connect = () => client.subscribe(['ask', 'answer'], 0);
      client.on_subscribe = () => {
        granted = true;
      };
      client.on_message = (_mosq, _obj, msg) => {
        const number = Number(msg.payload.toString());
        if (msg.topic === 'answer') answers.push(number);
        else client.publish('answer', String(number));
        if (msg.topic === 'answer' && number < 500) client.publish('ask', String(number + 1));
      };
      driveFor(t, client, mode);
      assert.equal(client.connect_async(broker().host, broker().port), 0);
      await until(() => granted, 'on_subscribe');
      client.publish('ask', '1');
      await until(
        () => answers.length === 500,
        () => `${answers.length} answers`,
      );
      assert.deepEqual(
        answers,
        Array.from({ length: 500 }, (_, i) => i + 1),
      );
    });
  }

  test('leave although JavaScript does not return to the event loop (thread)', limit, async (t) => {
    const sender = clientFor(t);
    let connected = false;
    sender.on_connect = () => {
      connected = true;
    };
    driveFor(t, sender, 'thread');
    assert.equal(sender.connect_async(broker().host, broker().port), 0);
    await until(() => connected, 'on_connect');

    const receiver = clientFor(t);
    const arrived: string[] = [];
    let granted = false;
    receiver.on_subscribe = () => {
      granted = true;
    };
    receiver.on_message = (_mosq, _obj, msg) => {
      arrived.push(msg.payload.toString());
    };
    assert.equal(receiver.connect(broker().host, broker().port), 0);
    const loopUntil = (condition: () => boolean): void => {
      while (!condition()) assert.equal(receiver.loop(100), 0);
    };
    receiver.subscribe('busy', 0);
    loopUntil(() => granted);
    await nextTurn();

    // If each message left by the thread's timer of one second, this number would take longer than the test's time
    // limit.
    const sent = Array.from({ length: 200 }, (_, i) => String(i));
    // The pause is longer than the thread looks for more packets.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (const text of sent) {
      if (Number(text) % 10 < 3) Atomics.wait(pause, 0, 0, 20);
      assert.equal(sender.publish('busy', text), 0);
      loopUntil(() => arrived.at(-1) === text);
    }
    assert.deepEqual(arrived, sent);
  });
});

for (const mode of ['event loop', 'thread'] as const) {
  test(
    `a packet that is sent as the peer resets: one on_disconnect, and a sound connection after it (${mode})`,
    limit,
    async (t) => {
      const CLIENTS = 20;
      const peers: Peer[] = [];
      const after: string[] = [];
      const fake = await fakeBrokerFor(t, async (peer) => {
        peers.push(peer);
        const first = peers.length <= CLIENTS;
        await peer.accept();
        if (!first) after.push(readPublish(await peer.nextOf(PUBLISH)).payload.toString());
      });
      const clients: Mosquitto[] = [];
      const ends: number[][] = [];
      let connects = 0;
      for (let i = 0; i < CLIENTS; i++) {
        const client = clientFor(t, `reset-${i}`);
        const losses: number[] = [];
        ends.push(losses);
        client.on_connect = () => {
          connects += 1;
          if (connects > CLIENTS) client.publish('t', 'after');
        };
        client.on_disconnect = (_mosq, _obj, rc) => {
          losses.push(rc);
        };
        driveFor(t, client, mode);
        assert.equal(client.connect_async(fake.host, fake.port), 0);
        await until(() => connects === i + 1, 'on_connect');
        clients.push(client);
      }
      for (const [i, client] of clients.entries()) {
        peers[i]?.destroy();
        client.publish('t', 'lost');
      }
      await until(
        () => after.length === CLIENTS,
        () => `${after.length} of ${CLIENTS} came back`,
      );
      assert.deepEqual(after, Array(CLIENTS).fill('after'));
      assert.deepEqual(ends, Array(CLIENTS).fill([MOSQ_ERR_CONN_LOST]));
    },
  );
}
