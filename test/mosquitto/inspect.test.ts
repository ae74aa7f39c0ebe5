// Tests that console.log(client) shows the client's id and state, instead of an empty object.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

describe('util.inspect() of a client', () => {
  test('shows id, broker and state; works after destroy()', () => {
    const client = new Mosquitto('gauge');
    assert.equal(inspect(client), "Mosquitto { client_id: 'gauge', broker: null, state: 'disconnected' }");
    client.connect_async('::1', 8883);
    assert.match(inspect(client), /broker: '\[::1\]:8883', state: 'connecting'/);
    client.reinitialise();
    assert.match(inspect(client), /client_id: null, broker: null, state: 'disconnected'/);
    client.connect_async('/run/mosquitto.sock', 0);
    assert.match(inspect(client), /broker: '\/run\/mosquitto\.sock'/);
    client.connect_srv('example.org');
    assert.match(inspect(client), /broker: 'example\.org'/);
    client.destroy();
    assert.match(inspect(client), /state: 'destroyed'/);
  });

  test('shows the fields of a subclass under its name, and is short when nested deeply', () => {
    class Gauge extends Mosquitto {
      readonly unit = 'bar';
    }
    const gauge = new Gauge('g');
    assert.equal(inspect(gauge), "Gauge { client_id: 'g', broker: null, state: 'disconnected', unit: 'bar' }");
    assert.equal(
      inspect({ a: { b: { c: gauge } } }, { depth: 1, compact: true, breakLength: 200 }),
      '{ a: { b: [Object] } }',
    );
    assert.equal(inspect({ gauge }, { depth: 0 }), '{ gauge: [Gauge] }');
    gauge.destroy();
  });

  for (const mode of MODES) {
    test(`follows the connection, and so does connected (${mode})`, limit, async (t) => {
      const peers: Peer[] = [];
      const fake = await fakeBrokerFor(t, (peer) => {
        peers.push(peer);
      });
      const client = clientFor(t, 'c');
      const state = (): string => /state: '(\w+)'/.exec(inspect(client))?.[1] ?? '';
      assert.equal(client.connected, false);
      client.connect_async(fake.host, fake.port);
      driveFor(t, client, mode);
      await until(() => peers.length === 1, 'the connection');
      assert.equal(state(), 'connecting');
      assert.equal(client.connected, false);
      await peers[0]?.accept();
      await until(() => client.connected, 'connected');
      assert.equal(state(), 'connected');
      client.disconnect();
      assert.equal(client.connected, false);
      await until(() => state() === 'disconnected', 'the end');
      client.destroy();
      assert.throws(() => client.connected);
    });
  }
});
