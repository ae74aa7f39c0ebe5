// Tests on_connect and on_disconnect for each answer of a broker to CONNECT, and for each end of the connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connack_string, type Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { connectTo, disconnectFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

function record(client: Mosquitto): Array<[name: string, rc: number]> {
  const events: Array<[string, number]> = [];
  client.on_connect = (_mosq, _obj, rc) => {
    events.push(['on_connect', rc]);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    events.push(['on_disconnect', rc]);
  };
  return events;
}

for (const mode of MODES) {
  for (const code of [1, 2, 3, 4, 5, 6]) {
    test(
      `a broker that answers ${code} (${connack_string(code)}): on_connect(${code}), then on_disconnect (${mode})`,
      limit,
      async (t) => {
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept(code);
          peer.end();
        });
        const client = clientFor(t);
        const events = record(client);
        assert.equal(client.connect(fake.host, fake.port), 0);
        const driven = driveFor(t, client, mode);
        await until(() => events.length >= 2, 'on_connect and on_disconnect');
        assert.deepEqual(events[0], ['on_connect', code]);
        assert.equal(events[1]?.[0], 'on_disconnect');
        assert.notEqual(events[1]?.[1], 0);
        if (mode === 'loop') assert.notEqual(driven.rc, 0, 'and loop() said so');
      },
    );
  }

  test(`a broker that refuses and leaves the connection open: the client closes it (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept(5);
    });
    const client = clientFor(t);
    const events = record(client);
    driveFor(t, client, mode);
    assert.equal(client.connect(fake.host, fake.port), 0);
    await until(() => events.length >= 2, 'on_connect and on_disconnect');
    assert.ok(fake.peers[0]);
    await fake.peers[0].closed;
  });

  test(`a broker that closes before it answers: on_disconnect without on_connect (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.next();
      peer.end();
    });
    const client = clientFor(t);
    const events = record(client);
    driveFor(t, client, mode);
    assert.equal(client.connect(fake.host, fake.port), 0);
    await until(() => events.length > 0, 'on_disconnect');
    assert.equal(events[0]?.[0], 'on_disconnect');
    assert.notEqual(events[0][1], 0);
  });

  test(`on_disconnect says 0 after disconnect() (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    assert.equal(await disconnectFrom(client), 0);
    assert.equal(client.socket(), -1);
  });

  test(`on_disconnect does not say 0 when the broker drops the connection (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, fake);
    const events = record(client);
    fake.peers[0]?.destroy();
    await until(() => events.length > 0, 'on_disconnect');
    assert.equal(events[0]?.[0], 'on_disconnect');
    assert.notEqual(events[0][1], 0);
  });
}

// Each test lasts until the broker's time limit for closing, so they run in parallel.
describe('a broker that does not close', { concurrency: true }, () => {
  for (const mode of MODES) {
    test(`disconnect() is confirmed although the broker never closes its side (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(
        t,
        async (peer) => {
          await peer.accept();
        },
        { allowHalfOpen: true },
      );
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      assert.equal(await disconnectFrom(client), 0);
    });
  }
});
