// Tests connect_srv(), which finds the broker in SRV records: the order of the servers, and repeated look-ups.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_CONN_REFUSED,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_LOOKUP,
  MOSQ_LOG_WARNING,
  type Mosquitto,
} from 'libmosquitto';
import { Authority } from '../support/authority';
import { sharedCertificates } from '../support/certificates';
import { runChild } from '../support/child';
import { type DnsServer, dnsServerFor, type SrvRecord } from '../support/dns-server';
import { MODES, type Mode } from '../support/drive';
import { namingProxyFor } from '../support/naming-proxy';
import { clientFor, defer, driveFor, fakeBrokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();
const DOMAIN = 'things.test';
const SERVICE = `_mqtt._tcp.${DOMAIN}`;

/** Counts the connections that brokers accept. */
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

/** The same as driveFor(). In 'loop' mode the caller has to repeat a failed attempt, which this function does. */
function insistFor(t: TestContext, client: Mosquitto, mode: Mode): void {
  if (mode !== 'loop') {
    driveFor(t, client, mode);
    return;
  }
  const timer = setInterval(() => {
    if (client.loop(1, 100) !== 0) client.reconnect_async();
  }, 1);
  defer(t, () => clearInterval(timer));
}

/** A server named `name`, which calls `answer` with each connection; all servers note theirs in `tried`. */
async function serverFor(t: TestContext, tried: string[], name: string, answer: 'refuse' | 'close' | 'accept') {
  const fake = await fakeBrokerFor(t, async (peer) => {
    tried.push(name);
    if (answer === 'close') peer.destroy();
    else await peer.accept(answer === 'refuse' ? MOSQ_ERR_CONN_REFUSED : 0);
  });
  return { name: 'localhost', port: fake.port };
}

for (const mode of MODES) {
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
    assert.deepEqual(dns.questions, [SERVICE]);
  });

  test(`a loop started afterwards does as well, and asks only then (${mode})`, limit, async (t) => {
    const dns = await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
    const client = clientFor(t);
    const connections = connectionsOf(client);
    assert.equal(client.connect_srv(DOMAIN), 0);
    assert.equal(client.reconnect(), MOSQ_ERR_INVAL, 'no server is known, and reconnect() cannot wait for one');
    driveFor(t, client, mode);
    await until(() => connections() === 1, 'on_connect');
    assert.deepEqual(dns.questions, [SERVICE]);
  });

  test(`servers are tried by priority, each once and at once, until one accepts (${mode})`, limit, async (t) => {
    const tried: string[] = [];
    await dnsServerFor(t, {
      [SERVICE]: [
        { ...(await serverFor(t, tried, 'never', 'accept')), priority: 50 },
        { name: 'localhost', port: await refusedPortFor(t), priority: 10 },
        { ...(await serverFor(t, tried, 'accepts', 'accept')), priority: 40 },
        { ...(await serverFor(t, tried, 'closes', 'close')), priority: 20 },
        { ...(await serverFor(t, tried, 'refuses', 'refuse')), priority: 30 },
      ],
    });
    const client = clientFor(t);
    // An attempt that began only after this would not come within the test's time limit.
    client.reconnect_delay_set(3600);
    const answers: number[] = [];
    let announced = 0;
    client.on_connect = (_mosq, _obj, rc) => {
      answers.push(rc);
    };
    client.on_pre_connect = () => {
      announced++;
    };
    insistFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN), 0);
    await until(() => answers.includes(0), 'on_connect');
    assert.deepEqual(tried, ['closes', 'refuses', 'accepts']);
    assert.deepEqual(answers, [MOSQ_ERR_CONN_REFUSED, 0]);
    assert.equal(announced, 4);
  });

  test(`servers of one priority are all tried (${mode})`, limit, async (t) => {
    const tried: string[] = [];
    const records: SrvRecord[] = [];
    for (let weight = 0; weight < 4; weight++) {
      records.push({ ...(await serverFor(t, tried, `weight ${weight}`, 'close')), weight });
    }
    await dnsServerFor(t, { [SERVICE]: records });
    const client = clientFor(t);
    client.reconnect_delay_set(3600);
    insistFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN), 0);
    await until(() => tried.length >= 4, 'four connections');
    assert.deepEqual([...new Set(tried)].sort(), ['weight 0', 'weight 1', 'weight 2', 'weight 3']);
  });

  test(`without a record the client logs it, and asks again until there is one (${mode})`, limit, async (t) => {
    const dns = await dnsServerFor(t, {});
    const client = clientFor(t);
    const warnings = warningsOf(client);
    const connections = connectionsOf(client);
    const driven = driveFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN), 0);
    if (mode === 'loop') {
      await until(() => driven.rc === MOSQ_ERR_LOOKUP, 'MOSQ_ERR_LOOKUP from loop()');
      assert.equal(dns.questions.length, 1, 'it is for the caller to ask again');
    } else {
      await until(() => warnings.length >= 2, 'two warnings');
      assert.match(warnings[0] ?? '', /_mqtt\._tcp\.things\.test failed: .*ENOTFOUND.*Next attempt in 1 s/);
    }
    dns.records.set(SERVICE, [{ name: 'localhost', port: broker().port }]);
    if (mode === 'loop') assert.equal(client.reconnect_async(), 0);
    await until(() => connections() === 1, 'on_connect');
  });

  test(`records that name no server: port 0 is no unix socket, '.' no host (${mode})`, limit, async (t) => {
    const dns = await dnsServerFor(t, {
      [SERVICE]: [
        { name: '/tmp/socket', port: 0 },
        { name: '', port: broker().port },
      ],
    });
    const client = clientFor(t);
    const warnings = warningsOf(client);
    const driven = driveFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN), 0);
    if (mode === 'loop') await until(() => driven.rc === MOSQ_ERR_LOOKUP, 'MOSQ_ERR_LOOKUP from loop()');
    else await until(() => warnings.length > 0, 'a warning');
    if (mode !== 'loop') assert.match(warnings[0] ?? '', /names no server/);
    assert.ok(dns.questions.length > 0);
  });

  test(`after a loss the records are asked for again; without an answer they stand (${mode})`, limit, async (t) => {
    let accepted = 0;
    let dns: DnsServer | null = null;
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
      accepted += 1;
      if (dns !== null && accepted === 2) dns.answering = false;
      if (accepted < 3) peer.destroy();
    });
    dns = await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: fake.port }] });
    const client = clientFor(t);
    insistFor(t, client, mode);
    assert.equal(client.connect_srv(DOMAIN, 60, '127.0.0.9'), 0);
    await until(() => accepted === 3, 'the third connection');
    assert.ok(dns.questions.length >= 3);
    assert.equal(fake.peers.length, 3, 'no connection but those that speak MQTT');
    for (const { remoteAddress } of fake.peers) assert.equal(remoteAddress, '127.0.0.9');
  });

  test(
    `through a SOCKS proxy: it alone gets to know the servers' names, and goes to them (${mode})`,
    limit,
    async (t) => {
      const proxy = await namingProxyFor(t, broker().port, ['broker.nowhere.test']);
      await dnsServerFor(t, {
        [SERVICE]: [
          { name: 'refused.nowhere.test', port: 1884, priority: 1 },
          { name: 'broker.nowhere.test', port: 1885, priority: 2 },
        ],
      });
      const client = clientFor(t);
      assert.equal(client.socks5_set('127.0.0.1', proxy.port), 0);
      const connections = connectionsOf(client);
      insistFor(t, client, mode);
      assert.equal(client.connect_srv(DOMAIN), 0);
      await until(() => connections() === 1, 'on_connect');
      assert.deepEqual(proxy.asked, ['refused.nowhere.test:1884', 'broker.nowhere.test:1885']);
    },
  );
}

test('loop_forever() waits for the records, and ends with the connection', limit, async (t) => {
  await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
  const client = clientFor(t);
  client.on_connect = (mosq) => {
    mosq.disconnect();
  };
  assert.equal(client.connect_srv(DOMAIN), 0);
  assert.equal(await client.loop_forever(), 0);
});

test('reconnect() goes to the server that is known', limit, async (t) => {
  await dnsServerFor(t, { [SERVICE]: [{ name: 'localhost', port: broker().port }] });
  const client = clientFor(t);
  const connections = connectionsOf(client);
  driveFor(t, client, 'loop');
  assert.equal(client.connect_srv(DOMAIN), 0);
  await until(() => connections() === 1, 'on_connect');
  assert.equal(client.reconnect(), 0);
  await until(() => connections() === 2, 'on_connect again');
});

test('reconnect() tries the next server after one that refused', limit, async (t) => {
  const tried: string[] = [];
  await dnsServerFor(t, {
    [SERVICE]: [
      { ...(await serverFor(t, tried, 'refuses', 'refuse')), priority: 10 },
      { ...(await serverFor(t, tried, 'accepts', 'accept')), priority: 20 },
    ],
  });
  const client = clientFor(t);
  const answers: number[] = [];
  client.on_connect = (_mosq, _obj, rc) => {
    answers.push(rc);
  };
  driveFor(t, client, 'loop');
  assert.equal(client.connect_srv(DOMAIN), 0);
  await until(() => answers.length === 1, 'the refusal');
  assert.equal(client.reconnect(), 0);
  await until(() => answers.length === 2, 'the consent');
  assert.deepEqual(answers, [MOSQ_ERR_CONN_REFUSED, 0]);
  assert.deepEqual(tried, ['refuses', 'accepts']);
});

for (const what of ['no loop', 'stopped loop', 'disconnected', 'destroyed', 'unreferenced'] as const) {
  test(`name servers that are silent do not keep the process alive (${what})`, limit, async (t) => {
    const dns = await dnsServerFor(t, {});
    dns.answering = false;
    const child = await runChild('transports-srv', { args: [dns.address, DOMAIN, what] });
    assert.deepEqual([child.stdout, child.code], ['last statement\n', 0], child.stderr);
    if (what === 'no loop') {
      assert.deepEqual(dns.questions, []);
      assert.match(child.stderr, /^\(node:\d+\) \[LIBMOSQUITTO_NO_LOOP\]/);
    } else {
      assert.equal(child.stderr, '');
    }
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

// Version 2.0 checks only the server's name.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    test(`the certificate may be for the domain instead, and for no other (${mode})`, limit, async (t) => {
      const { dir, ca } = certificates();
      const root = Authority.of(dir, `domain-${mode}`, ca);
      const named = (name: string) => root.issue(name, { extensions: [`subjectAltName=DNS:${name}`] });
      const right = await tlsBrokerFor(t, certificates(), named(DOMAIN));
      const wrong = await tlsBrokerFor(t, certificates(), named('others.test'));
      const service = `_secure-mqtt._tcp.${DOMAIN}`;
      const dns = await dnsServerFor(t, { [service]: [{ name: 'localhost', port: right.port }] });
      const follow = (domain: string, port: number) => (client: Mosquitto) => {
        assert.equal(client.tls_set(ca.cert), 0);
        dns.records.set(service, [{ name: 'localhost', port }]);
        client.connect = () => client.connect_srv(domain);
      };
      for (const domain of [DOMAIN, `${DOMAIN}.`]) {
        assert.deepEqual(await attempt(t, { port: 0, mode }, follow(domain, right.port)), ACCEPTED);
      }
      assertRefused(await attempt(t, { port: 0, mode }, follow(DOMAIN, wrong.port)), /hostname mismatch/);
      // A later connect() does not use the domain.
      const later = await attempt(t, { port: right.port, mode }, (client) => {
        assert.equal(client.tls_set(ca.cert), 0);
        assert.equal(client.connect_srv(DOMAIN), 0);
      });
      assertRefused(later, /hostname mismatch/);
    });
  }
}

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

  // Long enough for a look-up that was not cancelled.
  const witness = clientFor(t);
  const seen = connectionsOf(witness);
  driveFor(t, witness, 'thread');
  assert.equal(witness.connect_srv(DOMAIN), 0);
  await until(() => seen() === 1, 'a later look-up');
  assert.equal(never(), 0);
  assert.equal(connections(), 1);
  assert.equal(fake.peers.length, 1);
});

test('connect_srv() refuses the same values as connect(); wrong types are a TypeError', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.connect_srv(DOMAIN, -1), MOSQ_ERR_INVAL);
  assert.equal(client.connect_srv(DOMAIN, 65536), MOSQ_ERR_INVAL);
  const connect = client.connect_srv.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => connect(null), { name: 'TypeError', message: /argument 1 \(hostname\)/ });
  assert.throws(() => connect(DOMAIN, '60'), { name: 'TypeError', message: /argument 2 \(keepalive\)/ });
  assert.throws(() => connect(DOMAIN, 60, 5), { name: 'TypeError', message: /argument 3 \(bind_address\)/ });
});
