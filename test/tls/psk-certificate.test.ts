import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import { openssl, type Pair, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { opensslServerFor } from '../support/openssl-server';
import { connack } from '../support/packets';
import { clientFor, driveFor } from '../support/scope';
import { assertRefused, attempt, attemptWith } from '../support/tls-attempt';
import { scaled, until } from '../support/wait';

// A client with a pre-shared key must connect only to brokers that know that key. With ciphers for certificates, any
// server could use a certificate of its own, and get user name and password.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const KEY = '0123456789abcdef';
const SECRET = 'very secret';

const SETTINGS: Record<string, (client: Mosquitto) => number> = {
  'ciphers of tls_psk_set()': (client) => client.tls_psk_set(KEY, 'sensor', 'HIGH'),
  'ciphers of tls_opts_set()': (client) =>
    client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(1, 'tlsv1.2', 'HIGH'),
  'ciphers with the key first': (client) => client.tls_psk_set(KEY, 'sensor', 'PSK:HIGH'),
  'all ciphers': (client) => client.tls_psk_set(KEY, 'sensor', 'ALL'),
  // Both settings are about certificates. The key verifies the broker nevertheless.
  'tls_insecure_set(true)': (client) => client.tls_psk_set(KEY, 'sensor', 'HIGH') || client.tls_insecure_set(true),
  'cert_reqs 0': (client) => client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(0, 'tlsv1.2', 'HIGH'),
};

/** Servers with a certificate, and with no key or another key. */
const SERVERS: Record<string, string[]> = {
  'TLS 1.2': ['-tls1_2'],
  'TLS 1.3': ['-tls1_3'],
  'either version': [],
  'TLS 1.2, another key': ['-tls1_2', '-psk', 'ffff', '-cipher', 'HIGH'],
  'TLS 1.3, another key': ['-tls1_3', '-psk', 'ffff'],
};

// The system's library cannot refuse a certificate here, as docs/tls.md says.
const REFUSING = build_info().linkage === 'static' ? Object.entries(SERVERS) : [];

for (const [server, args] of REFUSING) {
  test(`a server that has a certificate, and not the key, is refused (${server})`, limit, async (t) => {
    const { port, output } = await opensslServerFor(t, certificates().server, args);
    for (const [settings, set] of Object.entries(SETTINGS)) {
      for (const mode of MODES) {
        const client = clientFor(t);
        const outcome = await attemptWith(t, client, { port, mode }, () => {
          assert.equal(set(client), 0, settings);
          client.username_pw_set('user', SECRET);
        });
        // This server accepts one connection after the other, and a loop may have begun the next.
        client.destroy();
        assert.equal(outcome.connack, null, settings);
        assert.deepEqual([outcome.rc, outcome.disconnected], [0, MOSQ_ERR_TLS], `${settings}: ${outcome.errors}`);
      }
    }
    assert.ok(!output().includes(SECRET));
  });
}

function staticTests(): void {
  test('the log says that a certificate was refused', limit, async (t) => {
    const { port } = await opensslServerFor(t, certificates().server, ['-tls1_2']);
    const outcome = await attempt(t, { port }, (client) => {
      assert.equal(client.tls_psk_set(KEY, 'sensor', 'HIGH'), 0);
    });
    assertRefused(outcome, /certificate/);
  });
}
if (build_info().linkage === 'static') staticTests();

// The opposite case: the client must accept servers that know the key, whatever the ciphers. Servers with RSA-PSK send
// a certificate beside the key.
const KEYED = ['PSK', 'ECDHE-PSK-CHACHA20-POLY1305', 'DHE-PSK-AES256-GCM-SHA384', 'RSA-PSK-AES256-GCM-SHA384'];

/** RSA-PSK needs an RSA key. The client trusts no CA of this certificate. */
function rsaPair(): Pair {
  const { dir } = certificates();
  const pair = { cert: join(dir, 'rsa.crt'), key: join(dir, 'rsa.key') };
  if (!existsSync(pair.cert)) {
    openssl(
      dir,
      ...[
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/CN=rsa',
        '-days',
        '2',
        '-keyout',
        pair.key,
        '-out',
        pair.cert,
      ],
    );
  }
  return pair;
}

for (const cipher of KEYED) {
  test(`a server that knows the key is accepted (${cipher})`, limit, async (t) => {
    const { port, output, send } = await opensslServerFor(t, rsaPair(), [
      ...['-tls1_2', '-psk', KEY, '-psk_identity', 'sensor', '-cipher', cipher],
    ]);
    const settings: Array<(client: Mosquitto) => number> = [
      (client) => client.tls_psk_set(KEY, 'sensor'),
      (client) => client.tls_psk_set(KEY, 'sensor', 'PSK:HIGH'),
      (client) => client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(1, 'tlsv1.2', 'HIGH:PSK'),
      (client) => client.tls_psk_set(KEY, 'sensor', 'ALL') || client.tls_insecure_set(true),
      (client) => client.tls_psk_set(KEY, 'sensor') || client.tls_opts_set(0),
    ];
    for (const [index, set] of settings.entries()) {
      for (const mode of MODES) {
        const client = clientFor(t, `client-${index}-${mode.replace(' ', '-')}`);
        const name = `user-${index}-${mode}`;
        assert.equal(set(client), 0);
        client.username_pw_set(name);
        let accepted = false;
        client.on_connect = (_mosq, _obj, rc) => {
          accepted = rc === 0;
        };
        assert.equal(client.connect('localhost', port), 0);
        const driven = driveFor(t, client, mode);
        await until(() => output().includes(name), 'CONNECT');
        send(connack(0));
        await until(() => accepted, 'on_connect');
        await driven.stop();
        client.destroy();
      }
    }
  });
}
