// Tests the exchange of messages over TLS, in every drive mode and in worker threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedCertificates } from '../support/certificates';
import { runChild } from '../support/child';
import { exchangeTests } from '../support/exchange';
import { clientFor, driveFor } from '../support/scope';
import { TLS_1_2, tlsBrokerFor } from '../support/tls-broker';
import { collect } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

exchangeTests('TLS', async (t) => ({
  address: await tlsBrokerFor(t, certificates()),
  prepare: (client) => {
    assert.equal(client.tls_set(certificates().ca.cert), 0);
  },
}));

exchangeTests('TLS 1.2 with client certificate', async (t) => {
  const { ca, client: pair, server } = certificates();
  const config = ['require_certificate true'];
  return {
    address: await tlsBrokerFor(t, certificates(), server, { ...TLS_1_2, config }),
    prepare: (client) => {
      assert.equal(client.tls_set(ca.cert, null, pair.cert, pair.key), 0);
    },
  };
});

for (const mode of ['event loop', 'thread'] as const) {
  test(`after a restart of the broker the client comes back over TLS (${mode})`, limit, async (t) => {
    const broker = await tlsBrokerFor(t, certificates());
    const client = clientFor(t, 'restarted', false);
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    client.reconnect_delay_set(1);
    let connections = 0;
    let subscriptions = 0;
    client.on_connect = (mosq, _obj, rc) => {
      assert.equal(rc, 0);
      connections += 1;
      mosq.subscribe('restart', 1);
    };
    client.on_subscribe = () => {
      subscriptions += 1;
    };
    const messages = collect(client);
    driveFor(t, client, mode);
    assert.equal(client.connect_async('localhost', broker.port), 0);
    for (let round = 1; round <= 3; round++) {
      await until(() => subscriptions === round, `connection ${round}`);
      assert.equal(client.publish('restart', `${round}`, 1), 0);
      await until(() => messages.length === round, `message ${round}`);
      if (round === 3) break;
      await (round === 1 ? broker.kill() : broker.stop());
      await broker.start();
    }
    assert.equal(connections, 3);
  });
}

test('clients in worker threads speak TLS, and end with their threads', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const { code, signal, stdout, stderr } = await runChild('tls-workers', {
    args: [String(port), certificates().ca.cert],
    timeoutMs: 50000,
  });
  assert.deepEqual({ code, signal, stdout, stderr }, { code: 0, signal: null, stdout: 'done\n', stderr: '' });
});
