// Tests the attempts to connect to a broker that does not run yet: they must continue, be logged, and end with
// disconnect().
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, test } from 'node:test';
import { MOSQ_ERR_ERRNO, MOSQ_ERR_NO_CONN, MOSQ_LOG_WARNING, type Mosquitto } from 'libmosquitto';
import { brokerFor, clientFor, driveFor, fakeBrokerFor, refusedPortFor } from '../support/scope';
import { scaled, until, within } from '../support/wait';

const limit = { timeout: scaled(30000) };

function warnings(client: Mosquitto): string[] {
  const texts: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_WARNING) texts.push(text);
  };
  return texts;
}

describe('a broker that is not there yet', { concurrency: true }, () => {
  for (const mode of ['event loop', 'thread'] as const) {
    test(`is tried until it comes up, and each failed attempt is logged (${mode})`, limit, async (t) => {
      const broker = await brokerFor(t);
      await broker.stop();
      const client = clientFor(t);
      const failures = warnings(client);
      const connects: number[] = [];
      client.on_connect = (_mosq, _obj, rc) => {
        connects.push(rc);
      };
      assert.equal(client.connect_async(broker.host, broker.port), 0);
      driveFor(t, client, mode);
      await until(() => failures.length >= 2, 'two failed attempts');
      for (const text of failures) {
        assert.ok(text.includes('127.0.0.1'), text);
        assert.ok(text.includes(String(broker.port)), text);
        assert.match(text, /refused/i);
        assert.match(text, /\b1(\.0)? ?s/);
      }
      await broker.start();
      await until(() => connects.length > 0, 'on_connect');
      assert.deepEqual(connects, [0]);
    });

    test(`connect() fails, and the running loop continues the attempts (${mode})`, limit, async (t) => {
      const broker = await brokerFor(t);
      await broker.stop();
      const client = clientFor(t);
      const connects: number[] = [];
      client.on_connect = (_mosq, _obj, rc) => {
        connects.push(rc);
      };
      driveFor(t, client, mode);
      assert.equal(client.connect(broker.host, broker.port), MOSQ_ERR_ERRNO);
      assert.equal(client.last_errno, constants.errno.ECONNREFUSED);
      await broker.start();
      await until(() => connects.length > 0, 'on_connect');
      assert.deepEqual(connects, [0]);
    });

    test(`on_disconnect reports every connection that ends before its CONNACK (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        if (fake.peers.length < 3) peer.end();
        else await peer.accept();
      });
      const client = clientFor(t);
      const failures = warnings(client);
      let connected = false;
      let losses = 0;
      client.on_connect = () => {
        connected = true;
      };
      client.on_disconnect = (_mosq, _obj, rc) => {
        assert.notEqual(rc, 0);
        losses += 1;
      };
      driveFor(t, client, mode);
      assert.equal(client.connect_async(fake.host, fake.port), 0);
      await until(() => connected, 'on_connect');
      assert.ok(losses === 2 || failures.length === 2, `on_disconnect ${losses} times, on_log: ${failures.join('; ')}`);
    });

    test(`disconnect() while the next attempt is due ends the attempts (${mode})`, limit, async (t) => {
      const client = clientFor(t);
      const failures = warnings(client);
      assert.equal(client.connect_async('127.0.0.1', await refusedPortFor(t)), 0);
      driveFor(t, client, mode);
      await until(() => failures.length === 1, 'a failed attempt');
      const rc = client.disconnect();
      assert.ok(rc === 0 || rc === MOSQ_ERR_NO_CONN, `disconnect() returned ${rc}`);
      // The delays of another client are as long: ours would have made its second attempt at the other's third.
      const other = clientFor(t);
      const others = warnings(other);
      assert.equal(other.connect_async('127.0.0.1', await refusedPortFor(t)), 0);
      driveFor(t, other, mode);
      await until(() => others.length === 3, 'three failed attempts of another client');
      assert.equal(failures.length, 1);
    });

    test(`after disconnect() the client connects again when asked to (${mode})`, limit, async (t) => {
      const broker = await brokerFor(t);
      const client = clientFor(t);
      const failures = warnings(client);
      let connects = 0;
      client.on_connect = () => {
        connects += 1;
      };
      assert.equal(client.connect_async('127.0.0.1', await refusedPortFor(t)), 0);
      driveFor(t, client, mode);
      await until(() => failures.length === 1, 'a failed attempt');
      client.disconnect();
      assert.equal(client.connect_async(broker.host, broker.port), 0);
      await until(() => connects === 1, 'on_connect');
    });
  }

  test('disconnect() while the next attempt is due settles loop_forever()', limit, async (t) => {
    const client = clientFor(t);
    const failures = warnings(client);
    assert.equal(client.reconnect_delay_set(3600), 0);
    assert.equal(client.connect_async('127.0.0.1', await refusedPortFor(t)), 0);
    const end = client.loop_forever();
    await until(() => failures.length === 1, 'a failed attempt');
    client.disconnect();
    assert.equal(await within(end, 'loop_forever() to settle', 5000), 0);
  });
});
