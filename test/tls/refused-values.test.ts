import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_OPT_TLS_ALPN,
  MOSQ_OPT_TLS_ENGINE,
  MOSQ_OPT_TLS_ENGINE_KPASS_SHA1,
  MOSQ_OPT_TLS_KEYFORM,
  type Mosquitto,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import { handshakeOutput } from '../support/openssl-handshake';
import { clientFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { sharedPskBroker, tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

// A setter of TLS must refuse a value that it cannot use unchanged: last_error has the reason, and no setting has
// changed. The library cuts some values, and applies half of a call with others.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const PSK = '0123456789abcdef';
const psk = sharedPskBroker({ identity: 'sensor', psk: PSK });

// Names longer than that are cut by libmosquitto 2.0.
const LONGEST_ALPN = build_info().linkage === 'static' ? 255 : 254;
const OPENSSL_3 = !build_info().openssl.startsWith('OpenSSL 1.');
const LONGEST_IDENTITY = OPENSSL_3 ? 255 : 127;
const LONGEST_KEY = OPENSSL_3 ? 512 : 256;

interface Refusal {
  call(client: Mosquitto): number;
  readonly reason: RegExp;
}

/** libmosquitto 2.1 has engines only with OpenSSL before 3; 2.0 cannot remove an ALPN name. */
function engineRefusals(): Record<string, Refusal> {
  const setting = (option: number, value: string | null, reason: RegExp): Refusal => ({
    call: (client) => client.string_option(option, value),
    reason,
  });
  const always = {
    "no SHA-1 of an engine's password": setting(MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, null, /^TLS: .*SHA-1/),
  };
  if (HAS_2_1 && OPENSSL_3) return always;
  return {
    ...always,
    'a SHA-1 that is none': setting(MOSQ_OPT_TLS_ENGINE_KPASS_SHA1, 'nonsense', /^TLS: .*SHA-1.* 40 hex/),
    'an unknown form of the key': setting(MOSQ_OPT_TLS_KEYFORM, 'nonsense', /^TLS: .*'pem' nor 'engine'/),
    'no form of the key': setting(MOSQ_OPT_TLS_KEYFORM, null, /^TLS: .*'pem' nor 'engine'/),
    'an unknown engine': setting(MOSQ_OPT_TLS_ENGINE, 'nonsense', /^TLS: .*engine/),
    ...(HAS_2_1 ? {} : { 'no ALPN name': setting(MOSQ_OPT_TLS_ALPN, null, /^TLS: .*ALPN/) }),
  };
}

function refusals(): Record<string, Refusal> {
  const { ca, client: pair } = certificates();
  return {
    'tls_version 1.1': {
      call: (client) => client.tls_opts_set(0, 'tlsv1.1', 'aNULL:@SECLEVEL=0'),
      reason: /^TLS: .*tlsv1\.1.*tlsv1\.2.*tlsv1\.3/,
    },
    'an unknown tls_version': { call: (client) => client.tls_opts_set(0, 'tlsv9'), reason: /^TLS: .*tlsv9/ },
    'an empty tls_version': { call: (client) => client.tls_opts_set(0, ''), reason: /^TLS: .*version/ },
    'no CA': { call: (client) => client.tls_set(), reason: /^TLS: .*CA/ },
    'a CA file that is not there': {
      call: (client) => client.tls_set('/nonexistent/ca.crt'),
      reason: /^TLS: the CA file \/nonexistent\/ca\.crt cannot be read/,
    },
    'a CA folder that is not there': {
      call: (client) => client.tls_set(null, '/nonexistent'),
      reason: /^TLS: the CA folder \/nonexistent cannot be read/,
    },
    'a CA folder that is a file': {
      call: (client) => client.tls_set(null, ca.cert),
      reason: /^TLS: the CA folder .*ca\.crt cannot be read/,
    },
    'a CA folder beside a CA file': {
      call: (client) => client.tls_set(certificates().otherCa.cert, '/nonexistent'),
      reason: /^TLS: the CA folder \/nonexistent cannot be read/,
    },
    'one of several CA folders': {
      call: (client) => client.tls_set(null, `${certificates().caFolder}:/nonexistent`),
      reason: /^TLS: the CA folder .*:\/nonexistent cannot be read/,
    },
    'an empty CA folder name': { call: (client) => client.tls_set(null, ''), reason: /^TLS: the CA folder/ },
    'a certificate without its key': {
      call: (client) => client.tls_set(certificates().otherCa.cert, null, pair.cert),
      reason: /^TLS: .*certificate.*key/,
    },
    'a certificate that is not there': {
      call: (client) => client.tls_set(certificates().otherCa.cert, null, '/nonexistent/client.crt', pair.key),
      reason: /^TLS: the certificate file \/nonexistent\/client\.crt cannot be read/,
    },
    'a key that is not there': {
      call: (client) => client.tls_set(certificates().otherCa.cert, null, pair.cert, '/nonexistent/client.key'),
      reason: /^TLS: the key file \/nonexistent\/client\.key cannot be read/,
    },
    'revocation lists that are not there': {
      call: (client) => client.tls_crl_set('/nonexistent/lists.pem'),
      reason: /^TLS: the revocation lists/,
    },
    'an empty ALPN name': {
      call: (client) => client.string_option(MOSQ_OPT_TLS_ALPN, ''),
      reason: /^TLS: .*ALPN/,
    },
    'an ALPN name that is too long': {
      call: (client) => client.string_option(MOSQ_OPT_TLS_ALPN, 'x'.repeat(LONGEST_ALPN + 1)),
      reason: new RegExp(`^TLS: .*ALPN.* ${LONGEST_ALPN} bytes`),
    },
    'an ALPN name that is too long in UTF-8': {
      call: (client) => client.string_option(MOSQ_OPT_TLS_ALPN, 'ä'.repeat(128)),
      reason: new RegExp(`^TLS: .*ALPN.* ${LONGEST_ALPN} bytes`),
    },
    ...engineRefusals(),
    'an empty key': { call: (client) => client.tls_psk_set('', 'sensor'), reason: /^TLS: .*key is empty/ },
    'a key that is not hexadecimal': {
      call: (client) => client.tls_psk_set('0x01', 'sensor'),
      reason: /^TLS: .*hexadecimal/,
    },
    'a key of half a byte': { call: (client) => client.tls_psk_set('123', 'sensor'), reason: /^TLS: .*odd/ },
    'a key that is too long': {
      call: (client) => client.tls_psk_set('ab'.repeat(LONGEST_KEY + 1), 'sensor'),
      reason: new RegExp(`^TLS: .*key.* ${LONGEST_KEY} bytes`),
    },
    'an identity that is too long': {
      call: (client) => client.tls_psk_set(PSK, 'x'.repeat(LONGEST_IDENTITY + 1)),
      reason: new RegExp(`^TLS: .*identity.* ${LONGEST_IDENTITY} bytes`),
    },
  };
}

test('each is MOSQ_ERR_INVAL, and last_error has the reason', limit, (t) => {
  for (const [name, { call, reason }] of Object.entries(refusals())) {
    const client = clientFor(t);
    assert.equal(call(client), MOSQ_ERR_INVAL, name);
    assert.match(client.last_error, reason, name);
    assert.ok(!client.last_error.includes('abab'), 'the key is a secret');
  }
});

test('certificates are verified as before', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const stranger = await tlsBrokerFor(t, certificates(), certificates().wrongHost);
  for (const [name, { call }] of Object.entries(refusals())) {
    const prepare = (client: Mosquitto): void => {
      assert.equal(client.tls_set(certificates().ca.cert), 0);
      assert.equal(client.tls_opts_set(1, 'tlsv1.2', 'HIGH'), 0);
      assert.equal(call(client), MOSQ_ERR_INVAL, name);
    };
    assert.deepEqual(await attempt(t, { port, mode: 'thread' }, prepare), ACCEPTED, name);
    assertRefused(await attempt(t, { port: stranger.port, mode: 'thread' }, prepare), /hostname mismatch/);
  }
});

test('tls_opts_set() that is refused does not switch verification off, in any mode', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const mode of MODES) {
    const outcome = await attempt(t, { port, mode }, (client) => {
      assert.equal(client.tls_set(certificates().otherCa.cert), 0);
      assert.equal(client.tls_opts_set(0, 'tlsv1.1'), MOSQ_ERR_INVAL);
    });
    assertRefused(outcome, /self-signed certificate|unable to get local issuer certificate/);
  }
});

test('tls_opts_set() that is refused does not switch verification on either', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates(), certificates().wrongHost);
  const outcome = await attempt(t, { port }, (client) => {
    assert.equal(client.tls_set(certificates().otherCa.cert), 0);
    assert.equal(client.tls_opts_set(0), 0);
    assert.equal(client.tls_opts_set(1, 'tlsv1.1'), MOSQ_ERR_INVAL);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('the pre-shared key stays as it was', limit, async (t) => {
  for (const [name, { call }] of Object.entries(refusals())) {
    const outcome = await attempt(t, { port: psk().port, mode: 'thread' }, (client) => {
      assert.equal(client.tls_psk_set(PSK, 'sensor'), 0);
      assert.equal(call(client), MOSQ_ERR_INVAL, name);
    });
    assert.deepEqual(outcome, ACCEPTED, name);
  }
});

function served(t: test.TestContext, args: string[], prepare: (client: Mosquitto) => void): Promise<string> {
  return handshakeOutput(t, certificates().server, args, prepare, 'thread');
}

test('an ALPN name of the greatest length goes out whole', limit, async (t) => {
  const name = `${'a'.repeat(LONGEST_ALPN - 1)}z`;
  const output = await served(t, ['-alpn', name], (client) => {
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, name), 0);
    assert.equal(client.string_option(MOSQ_OPT_TLS_ALPN, 'x'.repeat(256)), MOSQ_ERR_INVAL);
  });
  assert.ok(output.includes(`ALPN protocols selected: ${name}\n`), output);
});

test('an identity of the greatest length goes out whole', limit, async (t) => {
  const identity = `${'i'.repeat(LONGEST_IDENTITY - 1)}z`;
  const args = ['-tls1_2', '-psk', PSK, '-psk_identity', identity, '-cipher', 'PSK'];
  await served(t, args, (client) => {
    assert.equal(client.tls_psk_set(PSK, identity), 0);
  });
});

test('a key of the greatest length serves, and one of zeros', limit, async (t) => {
  for (const key of [`${'00'.repeat(LONGEST_KEY - 1)}01`, 'fe'.repeat(LONGEST_KEY), '00']) {
    const args = ['-tls1_2', '-psk', key, '-psk_identity', 'sensor', '-cipher', 'PSK'];
    await served(t, args, (client) => {
      assert.equal(client.tls_psk_set(key, 'sensor'), 0);
    });
  }
});

test('several CA folders serve', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const { caFolder, dir } = certificates();
  const outcome = await attempt(t, { port }, (client) => {
    assert.equal(client.tls_set(null, [dir, '', join(caFolder, '.')].join(':')), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});
