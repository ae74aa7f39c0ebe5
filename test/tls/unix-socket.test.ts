import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { MOSQ_ERR_TLS, MOSQ_LOG_ERR, MOSQ_OPT_TLS_USE_OS_CERTS, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { overheardFor } from '../support/overheard';
import { brokerFor, clientFor, driveFor } from '../support/scope';
import { ACCEPTED, attempt } from '../support/tls-attempt';
import { tlsConfig } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

// A unix socket has no host name, so no certificate can be for it: everybody with a certificate of that CA could answer
// there. A client that verifies certificates does not connect.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const REASON = /a unix socket \(port 0\) has no host name to verify/;
const KEY = '0123456789abcdef';

function trust(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
}

/** Settings that disable verification of the name, and that can be undone. */
const SWITCHES: Record<string, { off(client: Mosquitto): number; on(client: Mosquitto): number }> = {
  'tls_insecure_set()': {
    off: (client) => client.tls_insecure_set(true),
    on: (client) => client.tls_insecure_set(false),
  },
  'tls_opts_set()': { off: (client) => client.tls_opts_set(0), on: (client) => client.tls_opts_set(1) },
};

const VERIFYING: Record<string, (client: Mosquitto) => void> = {
  'a CA file': trust,
  'a CA folder': (client) => assert.equal(client.tls_set(null, certificates().caFolder), 0),
  'OS certificates': (client) => assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 1), 0),
  'a CA beside a pre-shared key': (client) => {
    assert.equal(client.tls_psk_set(KEY, 'sensor'), 0);
    trust(client);
  },
  'verification switched off and on': (client) => {
    trust(client);
    for (const { off, on } of Object.values(SWITCHES)) assert.equal(off(client) || on(client), 0);
  },
};

for (const [name, prepare] of Object.entries(VERIFYING)) {
  test(`${name}: connecting in any way returns MOSQ_ERR_TLS, and last_error has the reason`, limit, async (t) => {
    const { host, port, heard } = await overheardFor(t, 'unix socket');
    const calls: Array<(client: Mosquitto) => number> = [
      (client) => client.connect(host, port),
      (client) => client.connect_async(host, port),
      (client) => client.connect(host, port, 60, '127.0.0.1'),
      (client) => client.connect_async(host, port, 60, '127.0.0.1'),
    ];
    for (const call of calls) {
      const client = clientFor(t);
      const lines: string[] = [];
      client.on_log = (_mosq, _obj, level, text) => {
        if (level === MOSQ_LOG_ERR) lines.push(text);
      };
      prepare(client);
      assert.equal(call(client), MOSQ_ERR_TLS);
      assert.match(client.last_error, REASON);
      assert.match(lines.join('\n'), REASON);
      assert.equal(client.socket(), -1);
    }
    assert.deepEqual(heard(), []);
  });
}

/** A client that may connect to the peer, and the lines with the reason why it does not. */
async function watched(t: test.TestContext, off: (client: Mosquitto) => number) {
  const peer = await overheardFor(t, 'unix socket');
  const client = clientFor(t);
  const reasons: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_ERR && REASON.test(text)) reasons.push(text);
  };
  trust(client);
  assert.equal(off(client), 0);
  client.reconnect_delay_set(1);
  return { peer, client, reasons };
}

for (const [name, { off, on }] of Object.entries(SWITCHES)) {
  test(`${name} after connect_async(): no connection`, limit, async (t) => {
    for (const mode of MODES) {
      const { peer, client, reasons } = await watched(t, off);
      assert.equal(client.connect_async(peer.host, peer.port), 0);
      assert.equal(on(client), 0);
      const driven = driveFor(t, client, mode);
      await until(() => reasons.length > 0, 'the reason in the log');
      if (mode === 'loop') await until(() => driven.rc === MOSQ_ERR_TLS, 'loop() to return MOSQ_ERR_TLS');
      await driven.stop();
      assert.ok(peer.heard().every((bytes) => bytes.length === 0));
    }
  });

  test(`${name} before loop_forever(): no connection`, limit, async (t) => {
    const { peer, client, reasons } = await watched(t, off);
    assert.equal(client.connect_async(peer.host, peer.port), 0);
    assert.equal(on(client), 0);
    const ended = client.loop_forever();
    await until(() => reasons.length > 0, 'the reason in the log');
    client.disconnect();
    await ended;
    assert.ok(peer.heard().every((bytes) => bytes.length === 0));
  });

  test(`${name} in on_pre_connect: no connection`, limit, async (t) => {
    const { peer, client, reasons } = await watched(t, off);
    client.on_pre_connect = () => {
      assert.equal(on(client), 0);
    };
    assert.equal(client.connect(peer.host, peer.port), MOSQ_ERR_TLS);
    assert.ok(reasons.length > 0);
    assert.ok(peer.heard().every((bytes) => bytes.length === 0));
  });

  test(`${name} before the next connection: there is none`, limit, async (t) => {
    for (const mode of MODES) {
      const { peer, client, reasons } = await watched(t, off);
      assert.equal(client.connect(peer.host, peer.port), 0);
      const driven = driveFor(t, client, mode);
      await until(() => (peer.heard()[0]?.length ?? 0) > 0, 'the first connection');
      assert.equal(on(client), 0);
      peer.hangUp();
      await until(() => client.socket() === -1, 'the end of the first connection');
      if (mode === 'loop') {
        assert.equal(client.reconnect(), MOSQ_ERR_TLS);
        assert.equal(client.reconnect_async(), MOSQ_ERR_TLS);
        assert.match(client.last_error, REASON);
      }
      await until(() => reasons.length > 0, 'the reason in the log');
      await driven.stop();
      for (const bytes of peer.heard().slice(1)) assert.equal(bytes.length, 0);
    }
  });
}

test('port 0 behind a SOCKS proxy is refused too', limit, async (t) => {
  const peer = await overheardFor(t, 'SOCKS');
  const client = clientFor(t);
  peer.prepare(client);
  trust(client);
  assert.equal(client.connect('broker.test', 0), MOSQ_ERR_TLS);
  assert.match(client.last_error, REASON);
  assert.deepEqual(peer.heard(), []);
});

for (const [name, { off }] of Object.entries(SWITCHES)) {
  test(`${name}: a broker at a unix socket is accepted when the program wants no name verified`, limit, async (t) => {
    const { ca, wrongHost } = certificates();
    const { dir } = await brokerFor(t, { config: ['listener 0 {dir}/socket', ...tlsConfig(ca, wrongHost)] });
    for (const mode of MODES) {
      const outcome = await attempt(t, { host: join(dir, 'socket'), port: 0, mode }, (client) => {
        trust(client);
        assert.equal(off(client), 0);
      });
      assert.deepEqual(outcome, ACCEPTED);
    }
  });
}

test('a pre-shared key verifies a broker at a unix socket: no certificate is asked for', limit, async (t) => {
  const { dir } = await brokerFor(t, {
    config: ['listener 0 {dir}/socket', 'psk_file {dir}/keys', 'psk_hint test'],
    files: { keys: `sensor:${KEY}\n` },
  });
  for (const mode of MODES) {
    const outcome = await attempt(t, { host: join(dir, 'socket'), port: 0, mode }, (client) => {
      assert.equal(client.tls_psk_set(KEY, 'sensor'), 0);
    });
    assert.deepEqual(outcome, ACCEPTED);
  }
});
