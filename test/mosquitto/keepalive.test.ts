// Tests pings. A client that sends none is disconnected by its broker; one that expects no answer does not detect a
// dead broker.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MOSQ_ERR_KEEPALIVE } from 'libmosquitto';
import { MODES } from '../support/drive';
import { PINGREQ, pingresp, publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(40000) };
// The shortest keepalive that libmosquitto accepts, in seconds.
const KEEPALIVE = 5;

// Each of these tests depends on the client's clock, so they run in parallel.
describe('keepalive', { concurrency: true }, () => {
  for (const mode of MODES) {
    test(`a quiet connection is pinged, and lives on while the broker answers (${mode})`, limit, async (t) => {
      const pings: number[] = [];
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        for await (const { type } of peer.packets()) {
          if (type !== PINGREQ) continue;
          pings.push(performance.now());
          peer.send(pingresp());
        }
      });
      const client = clientFor(t);
      let disconnects = 0;
      client.on_disconnect = () => {
        disconnects += 1;
      };
      driveFor(t, client, mode);
      await connectTo(client, fake, KEEPALIVE);
      const began = performance.now();
      await until(() => pings.length === 2, 'two pings', 25000);
      for (const [index, at] of pings.entries()) {
        const gap = at - (pings[index - 1] ?? began);
        // A broker closes the connection after one and a half times the keepalive.
        assert.ok(gap < scaled(KEEPALIVE * 1500), `${gap} ms until ping ${index + 1}`);
      }
      assert.equal(disconnects, 0);
    });

    test(`a broker that does not answer a ping is disconnected: on_disconnect is not 0 (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const client = clientFor(t);
      const codes = disconnections(client);
      driveFor(t, client, mode);
      await connectTo(client, fake, KEEPALIVE);
      await until(() => codes.length > 0, 'on_disconnect', 25000);
      assert.notEqual(codes[0], 0);
      assert.ok(fake.peers[0]);
      await fake.peers[0].closed;
    });
  }

  // Bytes that arrive make up for one missing PINGRESP, and not for more.
  for (const mode of MODES) {
    test(`a broker that dies after some bytes is disconnected (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        await peer.nextOf(PINGREQ);
        peer.send(publish('last words', 'of the broker'));
      });
      const client = clientFor(t);
      const codes = disconnections(client);
      client.on_message = () => undefined;
      driveFor(t, client, mode);
      await connectTo(client, fake, KEEPALIVE);
      await until(() => codes.length > 0, 'on_disconnect', 35000);
      assert.equal(codes[0], MOSQ_ERR_KEEPALIVE);
    });
  }

  test('keepalive 0: no pings', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t);
    driveFor(t, client, 'event loop');
    await connectTo(client, fake, 0);
    const end = performance.now() + KEEPALIVE * 1500;
    await until(() => performance.now() > end, 'the time of a keepalive to pass');
    assert.deepEqual(
      fake.peers[0]?.received.map(({ type }) => type),
      [1],
    );
  });
});
