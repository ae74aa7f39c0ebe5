// Tests last_error, which says in words why a connection could not be made, or ended. Each text must name the place and
// the reason: a user cannot act on a code alone, or on the text of another failure.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connack_string, MOSQ_ERR_EAI, MOSQ_ERR_ERRNO, MosquittoError, strerror, subscribe_simple } from 'libmosquitto';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { connack } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

async function accept(peer: Peer): Promise<void> {
  await peer.accept();
}

const limit = { timeout: scaled(30000) };

describe('last_error', () => {
  test("is '' before the first failure, and throws after destroy()", (t) => {
    const client = clientFor(t);
    assert.equal(client.last_error, '');
    client.destroy();
    assert.throws(() => client.last_error, MosquittoError);
  });

  test('of connect(): host, port, and the reason of the system', async (t) => {
    const port = await refusedPortFor(t);
    const client = clientFor(t);
    assert.equal(client.connect('127.0.0.1', port), MOSQ_ERR_ERRNO);
    assert.equal(client.last_error, `Connecting to 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)`);
    assert.equal(client.connect('/nonexistent/mosquitto.sock', 0), MOSQ_ERR_ERRNO);
    assert.match(client.last_error, /^Connecting to \/nonexistent\/mosquitto\.sock failed: .+ \(ENOENT\)$/);
  });

  test('of connect(): the reason of the name look-up', limit, (t) => {
    const client = clientFor(t);
    assert.equal(client.connect('nobody.invalid'), MOSQ_ERR_EAI);
    assert.match(client.last_error, /^Connecting to nobody\.invalid:1883 failed: [A-Z][a-z ]+$/);
  });

  test('of an IPv6 address: in brackets, so that the port is distinct', (t) => {
    const client = clientFor(t);
    client.connect('::1', 1);
    assert.match(client.last_error, /^Connecting to \[::1\]:1 failed: .+ \(E[A-Z]+\)$/);
  });

  test('of a proxy that is not there: both places', async (t) => {
    const port = await refusedPortFor(t);
    const client = clientFor(t);
    client.socks5_set('127.0.0.1', port);
    assert.equal(client.connect('broker.example', 1883), MOSQ_ERR_ERRNO);
    assert.equal(
      client.last_error,
      `Connecting to broker.example:1883 through the proxy 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)`,
    );
  });

  test('stays when a later connection succeeds; reinitialise() clears it', limit, async (t) => {
    const refused = await refusedPortFor(t);
    const fake = await fakeBrokerFor(t, accept);
    const client = clientFor(t);
    client.connect('127.0.0.1', refused);
    const told = client.last_error;
    driveFor(t, client, 'event loop');
    await connectTo(client, fake);
    assert.equal(client.last_error, told);
    assert.equal(client.reinitialise(), 0);
    assert.equal(client.last_error, '');
  });

  for (const mode of MODES) {
    test(`of connect_async() (${mode})`, limit, async (t) => {
      const port = await refusedPortFor(t);
      const client = clientFor(t);
      assert.equal(client.connect_async('127.0.0.1', port), 0);
      driveFor(t, client, mode);
      await until(() => client.last_error !== '', 'last_error');
      assert.equal(client.last_error, `Connecting to 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)`);
    });

    test(`of a broker that refuses: its reason, not the loss that follows (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.next();
        peer.send(connack(5));
        peer.end();
      });
      const client = clientFor(t);
      let told: string | null = null;
      client.on_disconnect = () => {
        told = client.last_error;
        client.disconnect();
      };
      client.connect('127.0.0.1', fake.port);
      driveFor(t, client, mode);
      await until(() => told !== null, 'on_disconnect');
      assert.equal(told, `The broker at 127.0.0.1:${fake.port} refused the connection: ${connack_string(5)}`);
    });

    test(`of a connection that the broker closes (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      let told: string | null = null;
      client.on_disconnect = () => {
        told = client.last_error;
      };
      fake.peers[0]?.end();
      await until(() => told !== null, 'on_disconnect');
      assert.match(String(told), new RegExp(`^The connection to 127\\.0\\.0\\.1:${fake.port} ended: .+$`));
    });

    test(`says nothing of a connection that disconnect() ends (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, accept);
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, fake);
      let rc = -1;
      client.on_disconnect = (_mosq, _obj, code) => {
        rc = code;
      };
      client.disconnect();
      await until(() => rc !== -1, 'on_disconnect');
      assert.equal(rc, 0);
      assert.equal(client.last_error, '');
    });
  }
});

test('strerror() of a failed look-up and of a failed system call says where the reason is', () => {
  assert.equal(strerror(MOSQ_ERR_EAI), 'The name look-up failed: see last_error and last_errno.');
  assert.equal(strerror(MOSQ_ERR_ERRNO), 'A system call failed: see last_error and last_errno.');
});

test('subscribe_simple() rejects with the place and the reason', limit, async (t) => {
  const port = await refusedPortFor(t);
  await assert.rejects(subscribe_simple('a', { hostname: '127.0.0.1', port }), {
    message: `subscribe_simple: Connecting to 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)`,
    rc: MOSQ_ERR_ERRNO,
  });
  await assert.rejects(subscribe_simple('a', { hostname: 'nobody.invalid' }), {
    message: /^subscribe_simple: Connecting to nobody\.invalid:1883 failed: /,
    rc: MOSQ_ERR_EAI,
  });
});
