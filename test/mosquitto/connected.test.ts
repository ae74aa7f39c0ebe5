// Tests `connected`: a program that asks it before publish() of QoS 0 must not be told of a connection that is gone, or
// that the broker has not accepted yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNECT } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo, disconnectFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

for (const mode of MODES) {
  test(`connected is true from CONNACK until the connection is lost, each time (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, () => undefined);
    const peer = async (number: number): Promise<Peer> => {
      await until(() => fake.peers.length === number, `connection ${number}`);
      const newest = fake.peers[number - 1];
      assert.ok(newest);
      return newest;
    };
    const client = clientFor(t);
    driveFor(t, client, mode);
    const seen: boolean[] = [];
    client.on_connect = () => seen.push(client.connected);
    client.on_disconnect = () => seen.push(client.connected);
    assert.equal(client.connected, false);
    assert.equal(client.connect(fake.host, fake.port), 0);

    const first = await peer(1);
    await first.nextOf(CONNECT);
    assert.equal(client.connected, false, 'during the attempt');
    first.destroy();
    await until(() => seen.length === 1, 'on_disconnect');

    if (mode === 'loop') assert.equal(client.reconnect(), 0);
    const second = await peer(2);
    await second.accept();
    await until(() => client.connected, 'CONNACK');
    await until(() => seen.length === 2, 'on_connect');
    second.destroy();
    await until(() => !client.connected, 'the loss');
    await until(() => seen.length === 3, 'on_disconnect');
    assert.deepEqual(seen, [false, true, false]);
  });

  test(`connected is false after reconnect() and after disconnect() (${mode})`, limit, async (t) => {
    let accepts = true;
    const fake = await fakeBrokerFor(t, async (peer) => {
      if (accepts) await peer.accept();
    });
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, fake);
    assert.equal(client.connected, true);
    accepts = false;
    assert.equal(client.reconnect(), 0);
    assert.equal(client.connected, false);
    accepts = true;
    await connectTo(client, fake);
    assert.equal(client.connected, true);
    const ended = disconnectFrom(client);
    assert.equal(client.connected, false);
    fake.peers.at(-1)?.end();
    assert.equal(await ended, 0);
    assert.equal(client.connected, false);
  });
}
