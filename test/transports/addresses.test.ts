// Tests local addresses and unix sockets.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { MOSQ_ERR_ERRNO, MOSQ_ERR_INVAL, MOSQ_OPT_BIND_ADDRESS } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { exchangeTests } from '../support/exchange';
import { brokerFor, clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { tlsConfig } from '../support/tls-broker';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const prepare = (): void => undefined;

exchangeTests('IPv4', async (t) => ({ prepare, address: await brokerFor(t, { host: '127.0.0.1' }) }));
exchangeTests('IPv6', async (t) => ({ prepare, address: await brokerFor(t, { host: '::1' }) }));
exchangeTests('unix socket', async (t) => {
  const { dir } = await brokerFor(t, { config: ['listener 0 {dir}/socket'] });
  return { prepare, address: { host: join(dir, 'socket'), port: 0 } };
});

test('MOSQ_OPT_BIND_ADDRESS is where connections come from; null takes it back', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const connectFrom = async (address: string | null, argument: string | null): Promise<string | undefined> => {
    const client = clientFor(t);
    assert.equal(client.string_option(MOSQ_OPT_BIND_ADDRESS, '127.0.0.7'), 0);
    assert.equal(client.string_option(MOSQ_OPT_BIND_ADDRESS, address), 0);
    const before = fake.peers.length;
    assert.equal(client.connect(fake.host, fake.port, 60, argument), 0);
    driveFor(t, client, 'loop');
    await until(() => fake.peers.length > before, 'the connection');
    return fake.peers[before]?.remoteAddress;
  };
  assert.equal(await connectFrom('127.0.0.3', null), '127.0.0.3');
  assert.equal(await connectFrom(null, null), '127.0.0.1');
  assert.equal(await connectFrom('127.0.0.3', '127.0.0.4'), '127.0.0.4', "connect()'s argument counts for more");
});

test('MOSQ_OPT_BIND_ADDRESS applies to reconnections', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    if (fake.peers.length < 3) peer.destroy();
  });
  const client = clientFor(t);
  assert.equal(client.string_option(MOSQ_OPT_BIND_ADDRESS, '127.0.0.5'), 0);
  assert.equal(client.connect_async(fake.host, fake.port), 0);
  driveFor(t, client, 'thread');
  await until(() => fake.peers.length === 3, 'the third connection');
  for (const { remoteAddress } of fake.peers) assert.equal(remoteAddress, '127.0.0.5');
});

test('a unix socket that is not there, a name that is too long, and port 0 with a host name', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.connect('/nonexistent/socket', 0), MOSQ_ERR_ERRNO);
  assert.equal(client.last_errno, 2, 'ENOENT');
  assert.equal(client.connect(`/${'x'.repeat(200)}`, 0), MOSQ_ERR_INVAL);
  assert.notEqual(client.connect('localhost', 0), 0);
  assert.equal(client.socket(), -1);
});

for (const mode of ['event loop', 'thread'] as const) {
  test(`a unix socket: the client waits for the broker, and comes back after a restart (${mode})`, limit, async (t) => {
    const broker = await brokerFor(t, { config: ['listener 0 {dir}/socket'] });
    await broker.stop();
    const client = clientFor(t, null, true);
    let subscriptions = 0;
    client.on_connect = (mosq) => mosq.subscribe('unix', 1);
    client.on_subscribe = () => {
      subscriptions += 1;
    };
    client.on_log = () => undefined;
    assert.equal(client.connect_async(join(broker.dir, 'socket'), 0), 0);
    driveFor(t, client, mode);
    await broker.start();
    await until(() => subscriptions === 1, 'the first connection');
    await broker.kill();
    await broker.start();
    await until(() => subscriptions === 2, 'the second connection');
  });
}

test('a unix socket with TLS, and no name verified', limit, async (t) => {
  const made = certificates();
  const { dir } = await brokerFor(t, { config: ['listener 0 {dir}/socket', ...tlsConfig(made.ca, made.server)] });
  const client = clientFor(t);
  assert.equal(client.tls_set(made.ca.cert), 0);
  assert.equal(client.tls_insecure_set(true), 0);
  driveFor(t, client, 'loop');
  await connectTo(client, { host: join(dir, 'socket'), port: 0 });
  const messages = collect(client);
  await subscribeTo(client, 'unix/tls');
  assert.equal(client.publish('unix/tls', 'x'), 0);
  await until(() => messages.length === 1, 'the message');
});
