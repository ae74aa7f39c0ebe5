// Tests the options of TLS: versions, ciphers, ALPN, server name and engines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_TLS,
  MOSQ_OPT_TLS_ALPN,
  MOSQ_OPT_TLS_ENGINE,
  MOSQ_OPT_TLS_ENGINE_KPASS_SHA1,
  MOSQ_OPT_TLS_KEYFORM,
  type Mosquitto,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { HAS_2_1 } from '../support/client5';
import { handshakeOutput } from '../support/openssl-handshake';
import { opensslServerFor } from '../support/openssl-server';
import { clientFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** A client that trusts the CA, with these options. */
function opting(tls_version?: string | null, ciphers?: string | null) {
  return (client: Mosquitto): void => {
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    assert.equal(client.tls_opts_set(1, tls_version, ciphers), 0);
  };
}

function handshake(t: test.TestContext, prepare: (client: Mosquitto) => void, args: string[]): Promise<string> {
  return handshakeOutput(t, certificates().server, args, prepare);
}

test('tls_version is the lowest version that is used; without it, 1.2', limit, async (t) => {
  for (const version of [null, undefined, 'tlsv1.2', 'TLSv1.2']) {
    assert.match(await handshake(t, opting(version), ['-tls1_2']), /CIPHER is ECDHE/);
    assert.match(await handshake(t, opting(version), ['-tls1_3']), /CIPHER is TLS_AES/);
  }
  assert.match(await handshake(t, opting('tlsv1.3'), []), /CIPHER is TLS_AES/);
  const server = await opensslServerFor(t, certificates().server, ['-tls1_2']);
  const outcome = await attempt(t, server, opting('tlsv1.3'));
  assertRefused(outcome, /alert protocol version/);
});

test('a server that speaks TLS 1.1 alone is refused', limit, async (t) => {
  const server = await opensslServerFor(t, certificates().server, ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']);
  const outcome = await attempt(t, server, opting());
  assertRefused(outcome);
});

test('the newest version that both sides have is used', limit, async (t) => {
  assert.match(await handshake(t, opting(), []), /CIPHER is TLS_AES/);
  assert.match(await handshake(t, opting(), ['-tls1_2']), /CIPHER is ECDHE/);
});

test('another tls_version is MOSQ_ERR_INVAL', limit, (t) => {
  const client = clientFor(t);
  for (const version of ['tlsv1.4', 'ssl3', '']) assert.equal(client.tls_opts_set(1, version), MOSQ_ERR_INVAL);
});

test('ciphers that the broker has are used, others end in an alert', limit, async (t) => {
  const cipher = 'ECDHE-ECDSA-AES256-GCM-SHA384';
  assert.match(await handshake(t, opting('tlsv1.2', cipher), ['-tls1_2']), new RegExp(`CIPHER is ${cipher}`));

  const server = await opensslServerFor(t, certificates().server, [
    '-tls1_2',
    '-cipher',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
  ]);
  const outcome = await attempt(t, server, opting('tlsv1.2', cipher));
  assertRefused(outcome, /alert handshake failure/);
});

test('a cipher that does not exist: connect() returns MOSQ_ERR_TLS, and the log names it', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port }, opting('tlsv1.2', 'NO-SUCH-CIPHER'));
  assert.equal(outcome.rc, MOSQ_ERR_TLS);
  assert.match(outcome.errors.join('\n'), /NO-SUCH-CIPHER/);
});

// With 'tlsv1.3' ciphers are those of TLS 1.3 from 2.1 on.
if (build_info().linkage === 'static') {
  test('the ciphers of TLS 1.3', limit, async (t) => {
    const cipher = 'TLS_CHACHA20_POLY1305_SHA256';
    assert.match(await handshake(t, opting('tlsv1.3', cipher), []), new RegExp(`CIPHER is ${cipher}`));

    const server = await opensslServerFor(t, certificates().server, ['-ciphersuites', 'TLS_AES_128_GCM_SHA256']);
    const outcome = await attempt(t, server, opting('tlsv1.3', cipher));
    assertRefused(outcome, /alert handshake failure/);
  });
} else {
  test('the ciphers of TLS 1.3 are none to 2.0, and so refused by connect()', limit, async (t) => {
    const { port } = await tlsBrokerFor(t, certificates());
    const outcome = await attempt(t, { port }, opting('tlsv1.3', 'TLS_CHACHA20_POLY1305_SHA256'));
    assert.deepEqual([outcome.rc, outcome.connack, outcome.disconnected], [MOSQ_ERR_TLS, null, null]);
    assert.match(outcome.errors.join('\n'), /TLS_CHACHA20_POLY1305_SHA256/);
  });
}

test('ALPN: the server sees the protocol that was set', limit, async (t) => {
  const prepare = (client: Mosquitto): void => {
    opting()(client);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, 'x-amzn-mqtt-ca'), 0);
  };
  const output = await handshake(t, prepare, ['-alpn', 'h2,x-amzn-mqtt-ca']);
  assert.match(output, /ALPN protocols advertised by the client: x-amzn-mqtt-ca/);
  assert.match(output, /ALPN protocols selected: x-amzn-mqtt-ca/);
});

test('ALPN: without the option none is sent, nor after null has taken it back', limit, async (t) => {
  const none = await handshake(t, opting(), ['-alpn', 'mqtt']);
  assert.doesNotMatch(none, /ALPN protocols/);
  if (build_info().linkage === 'system') {
    assert.equal(clientFor(t).string_option(MOSQ_OPT_TLS_ALPN, null), MOSQ_ERR_INVAL);
    return;
  }
  const taken = (client: Mosquitto): void => {
    opting()(client);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, 'mqtt'), 0);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, null), 0);
  };
  assert.doesNotMatch(await handshake(t, taken, ['-alpn', 'mqtt']), /ALPN protocols/);
});

test('SNI: the server sees the host name', limit, async (t) => {
  const output = await handshake(t, opting(), [
    '-servername',
    'localhost',
    '-cert2',
    certificates().server.cert,
    '-key2',
    certificates().server.key,
  ]);
  assert.match(output, /Hostname in TLS extension: "localhost"/);
});

// libmosquitto 2.1 has engines only with OpenSSL before 3.
const ENGINES = !HAS_2_1 || build_info().openssl.startsWith('OpenSSL 1.');
const ENGINE_OPTIONS = [MOSQ_OPT_TLS_ENGINE, MOSQ_OPT_TLS_KEYFORM, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1];

// As in 2.0.11; 2.1 does not.
const KEY_IS_FILE = !HAS_2_1;

if (ENGINES) {
  test('engine and key form: values', limit, (t) => {
    const client = clientFor(t);
    for (const option of ENGINE_OPTIONS) assert.equal(client.string_option(option, 'nonsense'), MOSQ_ERR_INVAL);
    for (const form of ['pem', 'engine']) assert.equal(client.string_option(MOSQ_OPT_TLS_KEYFORM, form), 0);
    assert.equal(client.string_option(MOSQ_OPT_TLS_KEYFORM, null), MOSQ_ERR_INVAL);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ENGINE, 'loader_attic'), 0);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ENGINE, null), HAS_2_1 ? 0 : MOSQ_ERR_INVAL);
    const sha1 = '0123456789abcdef0123456789abcdef01234567';
    assert.equal(client.string_option(MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, sha1), 0);
  });

  test('key form engine, in any case: the key is judged by libmosquitto, which may want a file', limit, (t) => {
    const { ca, client: pair } = certificates();
    for (const form of ['engine', 'ENGINE', 'Engine']) {
      const client = clientFor(t);
      assert.equal(client.string_option(MOSQ_OPT_TLS_KEYFORM, form), 0);
      const rc = client.tls_set(ca.cert, null, pair.cert, 'slot 1');
      assert.equal(rc, KEY_IS_FILE ? MOSQ_ERR_INVAL : 0, form);
      assert.equal(client.last_error, KEY_IS_FILE ? 'TLS: libmosquitto cannot read one of the files' : '', form);
    }
  });

  test('key form engine: the key is asked of the engine, and not read from its file', limit, async (t) => {
    const { ca, client, server } = certificates();
    const { port } = await tlsBrokerFor(t, certificates(), server, { config: ['require_certificate true'] });
    // The engine is a part of OpenSSL 3, and has no keys.
    const keyIn = (form: string) => (mosq: Mosquitto) => {
      assert.equal(mosq.tls_set(ca.cert, null, client.cert, client.key), 0);
      assert.equal(mosq.string_option(MOSQ_OPT_TLS_ENGINE, 'loader_attic'), 0);
      assert.equal(mosq.string_option(MOSQ_OPT_TLS_KEYFORM, form), 0);
    };
    assert.deepEqual(await attempt(t, { port }, keyIn('pem')), ACCEPTED);
    const { rc, errors } = await attempt(t, { port }, keyIn('engine'));
    assert.equal(rc, MOSQ_ERR_TLS);
    assert.match(errors.join('\n'), /engine/i);
  });
} else {
  test('without engines in OpenSSL their options are MOSQ_ERR_NOT_SUPPORTED', limit, (t) => {
    const client = clientFor(t);
    for (const option of ENGINE_OPTIONS) assert.equal(client.string_option(option, 'pem'), MOSQ_ERR_NOT_SUPPORTED);
  });
}

test('null where C would follow it does not crash', limit, (t) => {
  const client = clientFor(t);
  for (const option of [MOSQ_OPT_TLS_ALPN, MOSQ_OPT_TLS_ENGINE_KPASS_SHA1]) {
    assert.equal(typeof client.string_option(option, null), 'number');
  }
});

test('arguments of a wrong type are a TypeError that names them', limit, (t) => {
  const client = clientFor(t);
  const opts = client.tls_opts_set.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => opts('1'), { name: 'TypeError', message: /argument 1 \(cert_reqs\)/ });
  assert.throws(() => opts(1, 5), { name: 'TypeError', message: /argument 2 \(tls_version\)/ });
  assert.throws(() => opts(1, null, 5), { name: 'TypeError', message: /argument 3 \(ciphers\)/ });
  const insecure = client.tls_insecure_set.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => insecure('yes'), { name: 'TypeError', message: /argument 1 \(value\)/ });
  const string_option = client.string_option.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => string_option(MOSQ_OPT_TLS_ALPN, 5), { name: 'TypeError', message: /argument 2 \(value\)/ });
});
