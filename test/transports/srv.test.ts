import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_LOG_WARNING, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { dnsServerFor } from '../support/dns-server';
import type { FakeBroker } from '../support/fake-broker';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();
const BACKGROUND = ['event loop', 'thread'] as const;
const DOMAIN = 'things.test';
const SERVICE = `_mqtt._tcp.${DOMAIN}`;

/** Counts the brokers' consents. */
function connectionsOf(client: Mosquitto): () => number {
  let connections = 0;
  client.on_connect = (_mosq, _obj, rc) => {
    assert.equal(rc, 0);
    connections += 1;
  };
  return () => connections;
}

function warningsOf(client: Mosquitto): string[] {
  const warnings: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_WARNING) warnings.push(text);
  };
  return warnings;
}

for (const mode of BACKGROUND) {
  test(`the broker of an SRV record is found without blocking (${mode})`, limit, async (t) => {
    const dns = await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
    const client = clientFor(t);
    const connections = connectionsOf(client);
    driveFor(t, client, mode);
    const began = performance.now();
    assert.equal(client.connect_srv(DOMAIN), 0);
    assert.ok(performance.now() - began < scaled(1000));
    assert.equal(client.socket(), -1, 'nothing can have been asked yet');
    await until(() => connections() === 1, 'on_connect');
    assert.deepEqual([...new Set(dns.questions)], [SERVICE]);
  });

  test(`a loop started afterwards does as well (${mode})`, limit, async (t) => {
    await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
    const client = clientFor(t);
    const connections = connectionsOf(client);
    assert.equal(client.connect_srv(DOMAIN), 0);
    driveFor(t, client, mode);
    await until(() => connections() === 1, 'on_connect');
  });

  test(`several records are tried by priority until one works (${mode})`, limit, async (t) => {
    const dead = await refusedPortFor(t);
    const reached: string[] = [];
    const fakes: FakeBroker[] = [];
    for (const name of ['second', 'third']) {
      fakes.push(
        await fakeBrokerFor(t, async (peer) => {
          await peer.accept();
          reached.push(name);
        }),
      );
    }
    const [second, third] = fakes;
    await dnsServerFor(t, {
      [SERVICE]: [
        { name: 'localhost', port: third?.port ?? 0, priority: 30 },
        { name: 'localhost', port: dead, priority: 10 },
        { name: 'localhost', port: second?.port ?? 0, priority: 20 },
      ],
    });
    const client = clientFor(t);
    const connections = connectionsOf(client);
    driveFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN), 0);
    await until(() => connections() === 1, 'on_connect');
    assert.deepEqual(reached, ['second']);
  });

  test(
    `no record: a warning names what was asked, and it is asked again until there is one (${mode})`,
    limit,
    async (t) => {
      const dns = await dnsServerFor(t, {});
      const client = clientFor(t);
      const warnings = warningsOf(client);
      const connections = connectionsOf(client);
      driveFor(t, client, mode);
      assert.equal(client.connect_srv(DOMAIN), 0);
      await until(() => warnings.length >= 2, 'two warnings');
      assert.match(warnings[0] ?? '', /_mqtt\._tcp\.things\.test/);
      dns.records.set(SERVICE, [{ name: 'localhost', port: broker().port }]);
      await until(() => connections() === 1, 'on_connect');
    },
  );

  test(`after a loss the client comes back by the records (${mode})`, limit, async (t) => {
    let accepted = 0;
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
      accepted += 1;
      if (accepted < 3) peer.destroy();
    });
    await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: fake.port }] });
    const client = clientFor(t);
    driveFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN, 60, '127.0.0.9'), 0);
    await until(() => accepted === 3, 'the third connection');
    // Connections that only ask whether somebody listens may come from anywhere.
    const real = fake.peers.filter(({ received }) => received.length > 0);
    for (const { remoteAddress } of real) assert.equal(remoteAddress, '127.0.0.9');
  });
}

test('with TLS another service is asked for, and the host name of the record is verified', limit, async (t) => {
  const secure = await tlsBrokerFor(t, certificates());
  const service = `_secure-mqtt._tcp.${DOMAIN}`;
  const dns = await dnsServerFor(t, { [service]: [{ name: 'localhost', port: secure.port }] });
  const client = clientFor(t);
  assert.equal(client.tls_set(certificates().ca.cert), 0);
  const connections = connectionsOf(client);
  driveFor(t, client, 'thread');
  assert.equal(client.connect_srv(DOMAIN), 0);
  await until(() => connections() === 1, 'on_connect');
  assert.deepEqual([...new Set(dns.questions)], [service]);
});

test('disconnect(), destroy() and another connect() while the records are asked for', limit, async (t) => {
  await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
  const disconnected = clientFor(t);
  const never = connectionsOf(disconnected);
  driveFor(t, disconnected, 'thread');
  assert.equal(disconnected.connect_srv(DOMAIN), 0);
  disconnected.disconnect();

  const destroyed = clientFor(t);
  assert.equal(destroyed.connect_srv(DOMAIN), 0);
  destroyed.destroy();

  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const moved = clientFor(t);
  const connections = connectionsOf(moved);
  driveFor(t, moved, 'event loop');
  assert.equal(moved.connect_srv(DOMAIN), 0);
  assert.equal(moved.connect_async(fake.host, fake.port), 0);
  await until(() => connections() === 1, 'on_connect');

  // Long enough for a look-up that was not called off.
  const witness = clientFor(t);
  const seen = connectionsOf(witness);
  driveFor(t, witness, 'thread');
  assert.equal(witness.connect_srv(DOMAIN), 0);
  await until(() => seen() === 1, 'a later look-up');
  assert.equal(never(), 0);
  assert.equal(connections(), 1);
  assert.equal(fake.peers.length, 1);
});

test('what connect() refuses is refused here; wrong types are a TypeError', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.connect_srv(DOMAIN, -1), MOSQ_ERR_INVAL);
  assert.equal(client.connect_srv(DOMAIN, 65536), MOSQ_ERR_INVAL);
  const connect = client.connect_srv.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => connect(null), { name: 'TypeError', message: /argument 1 \(hostname\)/ });
  assert.throws(() => connect(DOMAIN, '60'), { name: 'TypeError', message: /argument 2 \(keepalive\)/ });
  assert.throws(() => connect(DOMAIN, 60, 5), { name: 'TypeError', message: /argument 3 \(bind_address\)/ });
});
